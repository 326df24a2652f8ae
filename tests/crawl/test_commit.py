"""Who waits for a commit hears of it, good or bad."""

from __future__ import annotations

import asyncio

import pytest

from kcnacrawl.extensions.commit import GroupCommit


class Disk:
    """Counts commits; fails when told to."""

    def __init__(self) -> None:
        self.commits = 0
        self.full = False

    def commit(self) -> None:
        self.commits += 1
        if self.full:
            raise OSError("full")


async def capture(group: GroupCommit) -> None:
    group.add()
    await group.durable()


def test_captures_of_one_turn_share_a_commit() -> None:
    async def scenario() -> int:
        disk = Disk()
        group = GroupCommit(disk.commit, records=1, seconds=0, under_way=lambda: 8)
        await asyncio.gather(*(capture(group) for _ in range(8)))
        await capture(group)
        return disk.commits

    assert asyncio.run(scenario()) == 2


def test_as_many_as_are_set_are_waited_for() -> None:
    async def scenario() -> list[int]:
        disk = Disk()
        group = GroupCommit(disk.commit, records=3, seconds=1000, under_way=lambda: 8)
        waiting = [asyncio.ensure_future(capture(group)) for _ in range(2)]
        await asyncio.sleep(0.01)
        before = disk.commits
        await capture(group)
        await asyncio.gather(*waiting)
        return [before, disk.commits]

    assert asyncio.run(scenario()) == [0, 1]


def test_fewer_are_committed_when_their_time_is_up() -> None:
    async def scenario() -> int:
        disk = Disk()
        await capture(GroupCommit(disk.commit, records=100, seconds=0.01, under_way=lambda: 200))
        return disk.commits

    assert asyncio.run(scenario()) == 1


def test_a_failure_is_raised_to_all_who_wait() -> None:
    async def scenario() -> list[object]:
        disk = Disk()
        disk.full = True
        group = GroupCommit(disk.commit, records=1, seconds=0, under_way=lambda: 8)
        return list(await asyncio.gather(capture(group), capture(group), return_exceptions=True))

    assert [type(result) for result in asyncio.run(scenario())] == [OSError, OSError]


def test_who_gives_up_waiting_takes_nobody_along() -> None:
    async def scenario() -> int:
        disk = Disk()
        group = GroupCommit(disk.commit, records=2, seconds=1000, under_way=lambda: 8)
        impatient = asyncio.ensure_future(capture(group))
        await asyncio.sleep(0)
        impatient.cancel()
        with pytest.raises(asyncio.CancelledError):
            await impatient
        await capture(group)
        return disk.commits

    assert asyncio.run(scenario()) == 1


def test_nothing_to_wait_for_is_no_wait() -> None:
    disk = Disk()
    group = GroupCommit(disk.commit, records=1, seconds=0, under_way=lambda: 8)
    asyncio.run(asyncio.wait_for(group.durable(), 60))
    assert disk.commits == 0


def test_nobody_waits_for_captures_that_cannot_come() -> None:
    async def scenario() -> int:
        disk = Disk()
        await capture(GroupCommit(disk.commit, records=4, seconds=1000, under_way=lambda: 1))
        return disk.commits

    assert asyncio.run(scenario()) == 1
