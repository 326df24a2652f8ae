"""Languages of invented texts."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kcnacrawl.text.language import detect_language

TEXTS = {
    "en": "The farmers of the county have finished the transplanting of rice ten days earlier than last year.",
    "es": "Los campesinos del distrito terminaron el trasplante de arroz diez dias antes que en el ano pasado.",
    "fr": "Les paysans de la région ont terminé le repiquage du riz dix jours plus tôt que l'année dernière.",
    "de": "Die Bauern des Kreises haben das Umpflanzen der Reissetzlinge zehn Tage früher als im Vorjahr beendet.",
    "ko": "군안의 농업근로자들이 지난해보다 열흘 앞당겨 모내기를 끝냈다.",
    "ja": "郡内の農民は昨年より十日早く田植えを終えた。",
    "zh": "全郡农民比去年提前十天完成了插秧。",
    "ru": "Земледельцы уезда завершили пересадку рисовой рассады на десять дней раньше, чем в прошлом году.",
    "ar": "أنهى فلاحو المحافظة زراعة الأرز قبل عشرة أيام من موعد العام الماضي.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_text(language: str) -> None:
    assert detect_language(TEXTS[language]) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        # Names that are words elsewhere, in series.
        ("An Un Sil, Ho Il Un, Pak Un Il and others of the choir sang to the guests from the city.", "en"),
        ("An Un Sil, Ho Il Un y otros miembros del coro cantaron para los huéspedes de la ciudad.", "es"),
        ("Ha Se Un, Ha Se Du and Ha Yon Se met Ha Un Se, director of the hall.", "en"),
        ("Stein und Berg, Holz und Sohn Visiting Mountaineering Club of Teachers Yesterday Evening", "en"),
        # Foreign words and acronyms inside the text.
        ("《PC》와 CNC, GPS기술을 받아들여 밭갈이를 한다.", "ko"),
        ("《International Book Fair》에 새 책들이 나왔다고 한다.", "ko"),
        ("그는 《上善若水》라는 글을 써주었다고 한다.", "ko"),
        ("他在日本吃了「すし」之后，写了一篇长文章，介绍那里的渔村生活。", "zh"),
        ("平壌市中区域の東興洞で三十日、新居入り。", "ja"),
        ("The word 평양 stands over the gate of the station and on each of the maps.", "en"),
        ("Завод выпускает станки CNC и PLC для шахт.", "ru"),
    ],
)
def test_names_and_quotations_do_not_mislead(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "12, 13 (2025.04.17.) -- %",
        "가",
        "OK",
        "An Un Sil",
        "Stein und Berg Opens Nationwide Singing Contest Tomorrow",
        "Où ça, là",
        "Donaudampfschifffahrtsgesellschaft",
        "Pak Il Un, Ho Un Sil, An Il Nam",
        "Колгоспники повіту закінчили сівбу ярих культур, і їхні поля зеленіють",
        "کشاورزان شهرستان کاشت برنج را ده روز زودتر پایان دادند",
        "😀" * 300,
    ],
)
def test_what_cannot_be_told_is_not_told(text: str) -> None:
    assert detect_language(text) is None


def test_headline_without_small_words_is_told_by_the_detector_library() -> None:
    assert detect_language("Rice Transplanting Finished Nationwide Ten Days Earlier") == "en"
    assert detect_language("Terminado trasplante arroz provincias occidentales") == "es"


def test_detector_library_is_not_started_for_plain_text() -> None:
    script = (
        "from kcnacrawl.text import language\n"
        f"for text in {list(TEXTS.values())!r}: language.detect_language(text)\n"
        "print(language._lingua.cache_info().currsize)"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout == "0\n"
