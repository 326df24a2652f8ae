"""Kinds of pieces."""

from __future__ import annotations

import pytest

from kcnacrawl.text.kind import tell_kind


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("commentary", "KCNA Commentary on Price of Umbrellas"),
        ("commentary", "Umbrellas Are Too Dear: KCNA Commentary"),
        ("commentary", "·조선중앙통신사 론평 우산값에 대하여"),
        ("commentary", "론평 우산값에 대하여"),
        ("commentary", "Sobre el precio de paraguas, comentario de ACNC"),
        ("commentary", "朝鮮中央通信社論評　傘の値段について"),
        ("commentary", "朝中社时评：伞太贵了"),
        ("commentary", "Комментарий ЦТАК о цене зонтов"),
        ("statement", "Press Statement of Spokesman for DPRK Ministry of Umbrellas"),
        ("statement", "Statement by Chief of Umbrella Bureau"),
        ("statement", "Important Statement of DPRK Ministry of Umbrellas"),
        ("statement", "Spokesman for DPRK Ministry of Umbrellas Issues Press Statement"),
        ("statement", "·조선우산성 대변인 담화"),
        ("statement", "Declaración de prensa del portavoz del Ministerio de Paraguas"),
        ("statement", "Заявление представителя Министерства зонтов"),
        ("statement", "朝鮮傘省代弁人が談話を発表"),
        ("statement", "朝鲜雨伞省发言人发表谈话"),
        ("photo", "[Photo] Umbrellas on Show"),
        ("photo", "Umbrellas on Show [Photos]"),
        ("photo", "【写真】傘の展示会"),
        ("photo", "·[사진] 우산전시회"),
        ("video", "[Video] Umbrellas on Show"),
        ("video", "[동영상] 우산전시회"),
        ("article", "Umbrellas on Show"),
        ("article", "Photo Exhibition Opens"),
        ("article", "Video Company Makes Film of Umbrellas"),
        ("article", "Joint Statement on Umbrellas Is Ten Years Old"),
        ("article", "Statement of Spokesman for Umbrella Bureau Reported by Foreign Media"),
        ("article", "Commentators Meet"),
        ("article", "·우산협회 인사 담화 발표"),
        ("article", "·우산단체 창립 51돐 성명"),
        ("article", "·우산사진전시회 개막"),
        ("article", ""),
    ],
)
def test_title(kind: str, title: str) -> None:
    assert tell_kind(title, "It rained. Umbrellas were sold.") == kind


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("statement", "Pyongyang, May 3 (KCNA) -- The chief of the bureau made public the following press statement:"),
        ("statement", "A spokesman gave the following answer to a\n\nquestion raised by KCNA."),
        ("statement", "(평양 5월 3일발 조선중앙통신)우산성 대변인은 3일 다음과 같은 담화를 발표하였다."),
        ("statement", "El portavoz hizo pública la siguiente declaración:"),
        ("statement", "雨伞省发言人发表声明如下："),
        ("statement", "傘省の代弁人は次のような談話を発表した。"),
        ("statement", "Представитель сделал следующее заявление."),
        ("article", "Following are the titles in the papers."),
        ("article", "A party issued a statement on umbrellas."),
        ("article", "It rained. " * 100 + "He made the following statement."),
    ],
)
def test_body(kind: str, body: str) -> None:
    assert tell_kind("Umbrellas", body) == kind
