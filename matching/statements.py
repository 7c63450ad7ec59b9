"""What a posting states in its running text, where its fields are silent or only hold what they hold by default.

Nothing is claimed that nobody wrote. Knows records' texts; knows no seekers and no weights.
"""

from __future__ import annotations

import re

from fair.mentions import said_dormitory, said_schedule, said_years
from fair.positions import Position
from fair.vocabulary import Education, Schedule
from matching.certificates import certificate, covered

_CLAUSE = re.compile(r"[^。；;，,！!\n]+")
_WISHED = re.compile(r"优先|优选|优势|加分|更好|更佳|为佳")
_DEGREE_SAID = re.compile(
    r"(?P<degree>小学|初中|高中|中专|中技|技校|职高|大专|专科|本科|硕士|博士)"
    r"[^，。；;\n]{0,8}?(?:以上|学历|毕业(?!班|设计|生)|文化)|(?:学历|文化程度)[^，。；;\n]{0,6}?(?P<after>初中|高中|中专|大专|专科|本科|硕士|博士)"
)
_DEGREES = {
    "小学": Education.NONE,
    "初中": Education.JUNIOR,
    **dict.fromkeys(("高中", "中专", "中技", "技校", "职高"), Education.SENIOR),
    **dict.fromkeys(("大专", "专科"), Education.COLLEGE),
    "本科": Education.BACHELOR,
    "硕士": Education.MASTER,
    "博士": Education.DOCTOR,
}
_ANY_DEGREE = re.compile(
    r"(?:学历|专业)(?:均|都)?不限|不限(?:制)?学历|无学历|放宽|(?:学历|文化)(?:无|没有?)要求|在校|在读"
)
_NO_EXPERIENCE = re.compile(
    r"经验不限|不限(?:工作)?经验|(?:不要|不用|无需|不需要?|不要求)(?:有)?(?:工作|相关)?经验|[无零]经验|"
    r"应届|可学|可以学|生手|(?<![带名位])学徒|带教(?!新|学|实习)"
)
_ASKS = re.compile(r"要|须|需|必|持|有|具备|取得|以上")
# Every paper below has one of these in its name; most clauses have none.
_NAMES_PAPER = re.compile(r"[证照牌票车]|本(?![科人公职岗市地区着])|执业|司机")
_NOT_YET = re.compile(r"不要|不用|不需|无需|没有|不限|可办|代办|协助|报销|补办|后办|考取|可考|培训")
_LICENCE = re.compile(
    r"(?<![A-Za-z0-9])([ABC][123]|[AB](?=[照牌本票]))(?![A-Za-z0-9])(?!\s*[级类]?(?:文件|纸|区|栋|座|馆|楼|口|级))",
    re.IGNORECASE,
)
_DRIVES = re.compile(r"驾照|驾驶[证照员]|照|牌|本|证|车|司机")
_PAPERS = (
    ("C1驾驶证", re.compile(r"(?<![AB]牌)(?<![AB]照)(?:驾照|驾驶证)")),
    ("焊工证", re.compile(r"(?:电焊工?|焊工|焊接)[^、或和]{0,8}?证")),
    ("高压电工证", re.compile(r"高压(?:电工)?[^、或和]{0,4}?证")),
    ("低压电工证", re.compile(r"(?<!高压)电工(?:特种)?(?:作业|操作|上岗)?(?:操作)?证")),
    ("叉车证", re.compile(r"叉车(?:司机|操作|驾驶|上岗)?证")),
    ("护士执业证", re.compile(r"护士(?:执业)?(?:资格)?证")),
    ("会计从业资格证", re.compile(r"(?<!级)会计(?:从业)?(?:资格)?证")),
    ("幼儿教师资格证", re.compile(r"幼(?:儿园?教师|师)(?:资格)?证")),
    ("高校教师资格证", re.compile(r"高(?:校|等学校)教师(?:资格)?证")),
    ("教师资格证", re.compile(r"(?<!幼儿)(?<!幼儿园)(?<!高校)(?<!高等学校)教师(?:资格)?证")),
    ("健康证", re.compile(r"健康证")),
    ("保安员证", re.compile(r"保安员?证")),
    ("执业医师证", re.compile(r"(?:执业)?医[师生](?:执业|资格)+证|执业医[师生](?:证|资格)?")),
    ("执业药师证", re.compile(r"执业(?:中|西)?药师(?:资格)?证?")),
    ("康复治疗师证", re.compile(r"康复(?:治疗)?[师士](?:资格)?证")),
    (
        "消防设施操作员证",
        re.compile(r"消防(?:设施操作员?|中控|监控|控制室|上岗|操作|国)[^、或和]{0,4}?证|(?:建|构)筑?物消防员?证"),
    ),
    ("电梯作业证", re.compile(r"电梯(?:维修|作业|操作)?[^、或和]{0,3}?证|特种设备(?:作业|操作)[^、或和]{0,3}?证")),
    ("安全员证", re.compile(r"安全员[ABC]?证|安全管理(?:人员|员)证")),
    ("育婴师证", re.compile(r"育婴[师员]证")),
    ("道路运输从业资格证", re.compile(r"(?:货运|道路运输|运输)从业(?:资格)?证")),
)
# Work that nobody may do without the paper, whether the posting says so or not.
_REGULATED = (
    ("执业医师证", re.compile(r"(?<!兽)医[生师](?!助理|秘书)")),
    ("护士执业证", re.compile(r"护[士师](?:长)?(?!助理|学徒|实习)")),
    ("执业药师证", re.compile(r"执业(?:中|西)?药师")),
    ("康复治疗师证", re.compile(r"康复(?:治疗|理疗)?[师士](?!助理|学徒)")),
    ("B2驾驶证", re.compile(r"大(?:货|型?货)?车?司机|大货|(?:9|6|7)\.\d米.{0,4}司机")),
)


_HEAVY_LORRY = re.compile(r"(?:^|[。；;，,\n])\s*(?:[一二三四五1-9]?[、.]\s*)?(?:招|开)?大货(?:车)?司机")


def running_text(position: Position) -> str:
    """What a posting says in sentences, notes and benefits, and what some write among the skills: 长白班, 包住."""
    said = (
        position.title,
        position.pay_note,
        position.schedule_note,
        position.duties,
        position.requirements,
        position.benefits,
        "，".join(position.skills or ()),
    )
    return "\n".join(dict.fromkeys(text for text in said if text))


def stated_schedule(position: Position) -> Schedule | None:
    """The shifts that a posting states; None where it holds day shifts by default and says nothing of shifts."""
    if position.schedule != Schedule.DAY or position.schedule_note:
        return position.schedule
    return said_schedule(running_text(position))


def denies_dormitory(position: Position) -> bool:
    """Whether the text says that there is no bed; to say nothing of one is no denial."""
    return said_dormitory(running_text(position)) is False


def waives_experience(position: Position) -> bool:
    """Whether the posting says that no experience is needed."""
    said = (position.title, position.requirements, position.schedule_note, position.pay_note, position.benefits)
    return not position.experience_years and any(_NO_EXPERIENCE.search(text or "") for text in said)


def asked_years(position: Position) -> int:
    """The years asked for, in the field or in the requirements, the more of the two; those preferred are not.

    Of a field that says one year and a text that says five, the employer means the text. Conditions stand beside each
    other, so that the most of them counts; within one, as 本科 8 年、硕士 5 年, the least.
    """
    if waives_experience(position):
        return position.experience_years
    asked = (said_years(clause) or 0 for clause in _conditions(position.requirements))
    return max(position.experience_years, *asked, 0)


def asked_education(position: Position) -> Education:
    """The degree asked for, in the field or in the requirements, the more of the two; those preferred are not.

    Of several that a text names, for several posts or for who has more years, the least counts.
    """
    if _ANY_DEGREE.search(position.requirements or ""):
        return position.education
    named = [
        _DEGREES[match["degree"] or match["after"]]
        for clause in _conditions(position.requirements)
        for match in _DEGREE_SAID.finditer(clause)
    ]
    asked = min(named, key=lambda degree: degree.rank, default=Education.NONE)
    return max(position.education, asked, key=lambda degree: degree.rank)


def asked_papers(requirements: str, *, title: str = "") -> frozenset[str]:
    """The certificates that a text makes a condition; of several that may stand for each other the least.

    A title names a licence as a condition by naming it: B照货车司机.
    """
    heavy = _HEAVY_LORRY.search(requirements)
    asked = _licences(title) | {name for name, pattern in _REGULATED if pattern.search(title)}
    asked |= {"B2驾驶证"} if heavy and not _licences(requirements) else set()
    for clause in _conditions(requirements):
        if not _NAMES_PAPER.search(clause) or not _ASKS.search(clause) or _NOT_YET.search(clause):
            continue
        clause = re.sub(r"[或及]?(?:其)?以上", "", clause)
        named = _named(clause)
        if re.search(r"或|/|之一|任一", clause):
            is_least = {one: all(one in covered({other}) for other in named) for one in named}
            named = {one for one in named if len(named) > 1 and is_least[one]}
        asked |= named
    return frozenset(asked)


def _named(clause: str) -> set[str]:
    licences = _licences(clause)
    papers = {name for name, pattern in _PAPERS if pattern.search(clause)}
    return licences | (papers - {"C1驾驶证"} if licences else papers)


def _licences(clause: str) -> set[str]:
    """The driving licences a clause names; of a letter alone, as people write B照, the lesser one is meant."""
    if not _DRIVES.search(clause):
        return set()
    return {certificate(name.upper() if len(name) > 1 else f"{name.upper()}2") for name in _LICENCE.findall(clause)}


def _conditions(text: str) -> list[str]:
    return [clause for clause in _CLAUSE.findall(text or "") if not _WISHED.search(clause)]
