"""What a posting may not say, and the rule behind each pattern.

The patterns are narrow on purpose: a posting that says 男女不限 or 满 18 周岁 breaks no rule.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

N_ = str  # Marks words for the catalogues.


class Ground(StrEnum):
    """What a posting must not make a condition of, or ask for."""

    SEX = "sex"
    AGE = "age"
    ETHNICITY = "ethnicity"
    RELIGION = "religion"
    HOUSEHOLD = "household"
    MARRIAGE = "marriage"
    HEALTH = "health"
    LOOKS = "looks"
    FEE = "fee"


@dataclass(frozen=True)
class Refusal:
    """The words found in a text and the ground on which they are refused."""

    ground: Ground
    words: str


# Sex, ethnicity, religion: 人力资源市场暂行条例 art. 24, 就业促进法 art. 3.
# Marriage and children: 妇女权益保障法 art. 43. Carriers of infections: 就业促进法 art. 30.
# Rural labourers and household registration: 就业促进法 art. 31.
# Age: an upper limit without a legal ground, as the bureaus' notices on recruitment have it.
# Deposits and fees: 劳动合同法 art. 9, 就业服务与就业管理规定 art. 14.
_YEARS = r"(?:\d{2}|[二三四五六]?十[一二三四五六七八九]?)\s*(?:周)?岁(?:\s*[(（]含[)）])?"
_TO = r"\s*(?:-|–|—|一|~|～|至|到){1,2}\s*"
_OTHERS = r"(?!\s*的?(?:老|长者|儿童|孩|学生|患者|病人|客|用户|人群))"
_GOODS = r"(?!装|鞋|包|童|服|裤|表|款|宾|客)"
_PLACE = r"(?:本地|本市|本省|本区|城镇|[一-龥]{2,3}?)"
_PATTERNS: tuple[tuple[Ground, str], ...] = (
    (Ground.SEX, r"(?:仅限|只限|只招|只要|限招|限|须为|要求)\s*(?:男|女)(?:性|士|生|工)?" + _GOODS),
    (Ground.SEX, r"(?:男|女)(?:性|士|生|孩)?(?:优先|为佳|为宜|勿扰)"),
    (Ground.SEX, r"性别\s*[:：]?\s*(?:男(?!\s*[、/或]?\s*女)|女)(?:性)?"),
    (Ground.SEX, r"不(?:招|要)(?:男|女)(?:性|士|生|的|工)?" + _GOODS),
    (Ground.SEX, r"(?:^|[。；;\n]|\d[.、．)）])\s*(?:男|女)(?:性|士|生)\s*[，,、；;]"),
    (Ground.AGE, _YEARS + r"\s*(?:以下|以内|之内|内|及以下|为宜|左右)" + _OTHERS),
    (Ground.AGE, r"\d{2}\s*(?:周)?岁?(?:\s*[(（]含[)）])?" + _TO + r"\d{2}\s*(?:周)?岁" + _OTHERS),
    (Ground.AGE, r"(?:不超过|不大于|小于|低于|限)\s*" + _YEARS + _OTHERS),
    (Ground.AGE, r"年龄\s*[:：；;]?\s*(?:在|男|女)?\s*\d{2}(?:" + _TO + r"\d{2}|\s*(?:以下|以内))"),
    (Ground.AGE, r"(?:[6789][05]|[09][05])\s*后(?:优先|为佳)"),
    (Ground.ETHNICITY, r"(?:仅限|只限|只招|限)\s*汉族|汉族优先|(?:不招|不要|非)\s*少数民族|少数民族(?:勿扰|除外|不要)"),
    (Ground.RELIGION, r"(?:无|不信|没有)\s*宗教信仰|信(?:教|佛|仰宗教)(?:者)?(?:勿扰|除外)"),
    (
        Ground.HOUSEHOLD,
        r"(?:限|须|需|要求|具有|持有?)\s*[^办理管转落迁，。；\s]{0,4}?(?:户籍|户口)(?!办理|管理|迁移|登记)",
    ),
    (Ground.HOUSEHOLD, _PLACE + r"(?:户籍|户口)(?:者|人员)?\s*(?:优先|为佳)|(?:本地|本市|本省|本区|城镇)(?:户籍|户口)"),
    (Ground.HOUSEHOLD, r"(?:外地|外省|农村)(?:人|户口|户籍)?(?:勿扰|不要|除外)|本地人优先|(?:仅限|只限|只招|限)本地人"),
    (
        Ground.MARRIAGE,
        r"(?:仅限|只限|限|要求|须)\s*(?:未婚|已婚)|(?:未婚|已婚)(?:已育|未育)?者?(?:优先|为佳)|已育优先|不(?:准备|得)?怀孕",
    ),
    (Ground.HEALTH, r"(?:无|没有|非)\s*乙肝|乙肝(?:携带者)?(?:勿扰|除外|不要|检测|检查)|不招残疾|残疾人?(?:勿扰|除外)"),
    (
        Ground.FEE,
        r"(?:交|缴|扣)(?:取|纳|付)?\s*(?:\d+\s*元)?的?(?:押金|保证金|培训费|服装费|报名费|中介费)|"
        r"收取?\s*(?:\d+\s*元)?的?(?:保证金|培训费|服装费|报名费|中介费)",
    ),
)
_COMPILED = tuple((ground, re.compile(pattern)) for ground, pattern in _PATTERNS)
# Every pattern above needs one of these; most texts have none.
_HINTS = re.compile("[男女岁龄族教佛户婚孕育肝残金费后]|[本外]地|外省|农村")
_ALLOWED = re.compile(
    r"男女不限|不限男女|男女均可|男女皆可|性别不限|年龄不限|不限年龄|户籍不限|户口不限|不限户籍|不限户口|民族不限|婚育不限|"
    r"(?:不|免|无需|不用)(?:收|交|缴|扣)(?:取|纳)?(?:任何)?(?:押金|保证金|培训费|服装费|报名费|中介费)"
)


def refusals(text: str) -> list[Refusal]:
    """Everything in `text` that a posting may not say, one a ground, in the order of the grounds."""
    if not _HINTS.search(text):
        return []
    text = _ALLOWED.sub("\N{IDEOGRAPHIC SPACE}", text)
    found: dict[Ground, Refusal] = {}
    for ground, pattern in _COMPILED:
        match = pattern.search(text)
        if match and ground not in found:
            found[ground] = Refusal(ground, match.group().strip())
    return list(found.values())


# What may have a reason in the work and often has none: an officer looks at it, nothing is refused.
_DOUBTFUL = tuple(
    (ground, re.compile(pattern))
    for ground, pattern in (
        (Ground.SEX, r"(?:适合|要)(?:男|女)(?:性|士|生)(?!的?(?:用户|顾客|客户|消费))|(?:帅哥|美女|小哥哥|小姐姐)优先"),
        (Ground.AGE, r"(?<!不限)(?:年轻(?!化的?(?:产品|品牌|客))|[089]0\s*后)(?:人|者|态|化|团队)?(?:优先)?"),
        (Ground.HEALTH, r"无(?:任何)?(?:传染病|慢性病|病史|家族病)|非?残疾人?(?:不|勿)|体检合格后"),
        (
            Ground.LOOKS,
            r"五官(?:端正|清秀)|相貌|长相|颜值|形象(?:气质)?(?:好|佳|端正|良好)|气质佳|外形(?:好|佳|靓丽)|"
            r"(?:净)?身高\s*(?:要求)?\s*[:：]?\s*(?:1\.?\d{1,2}|\d{3})|体重\s*[:：]?\s*\d{2,3}",
        ),
    )
)


def flags(text: str) -> list[Refusal]:
    """What an officer should look at: all that is refused, and what may have no ground in the work; one a ground."""
    found = {refusal.ground: refusal for refusal in refusals(text)}
    for ground, pattern in _DOUBTFUL:
        match = pattern.search(text)
        if match and ground not in found:
            found[ground] = Refusal(ground, match.group().strip())
    return list(found.values())


RULES: Mapping[Ground, str] = {
    Ground.SEX: N_("就业促进法第二十七条：不得以性别为由拒绝录用"),
    Ground.AGE: N_("人力资源市场暂行条例第二十四条：招聘信息不得含歧视性内容"),
    Ground.ETHNICITY: N_("就业促进法第二十八条：各民族劳动者享有平等的劳动权利"),
    Ground.RELIGION: N_("就业促进法第三条：不因宗教信仰不同而受歧视"),
    Ground.HOUSEHOLD: N_("就业促进法第三十一条：不得对进城就业设置歧视性限制"),
    Ground.MARRIAGE: N_("妇女权益保障法第四十三条：不得限制婚育或询问婚育情况"),
    Ground.HEALTH: N_("就业促进法第二十九条、第三十条：不得歧视残疾人和传染病病原携带者"),
    Ground.LOOKS: N_("人力资源市场暂行条例第二十四条：招聘信息不得含歧视性内容"),
    Ground.FEE: N_("劳动合同法第九条：不得要求担保或收取财物"),
}
"""The rule that stands against each, in a line for the officer."""


_ADVICE: Mapping[Ground, str] = {
    Ground.SEX: N_("不能限性别。写岗位本身的要求，如“能搬 20 公斤”"),
    Ground.AGE: N_("不能限年龄。写岗位本身的要求，如“能上夜班”"),
    Ground.ETHNICITY: N_("不能限民族。删掉这一句"),
    Ground.RELIGION: N_("不能问宗教信仰。删掉这一句"),
    Ground.HOUSEHOLD: N_("不能限户籍。删掉这一句"),
    Ground.MARRIAGE: N_("不能限婚育。删掉这一句"),
    Ground.HEALTH: N_("不能这样限健康状况。写岗位本身的要求"),
    Ground.LOOKS: N_("不能限长相。写岗位本身的要求"),
    Ground.FEE: N_("不能向求职者收钱。删掉这一句"),
}
_SEVERAL = N_("不能限%(grounds)s。写岗位本身的要求，如“能上夜班”")
_GROUND_WORDS: Mapping[Ground, str] = {
    Ground.LOOKS: "长相",
    Ground.SEX: "性别",
    Ground.AGE: "年龄",
    Ground.ETHNICITY: "民族",
    Ground.RELIGION: "宗教信仰",
    Ground.HOUSEHOLD: "户籍",
    Ground.MARRIAGE: "婚育",
    Ground.HEALTH: "健康状况",
}


def advice(text: str) -> tuple[str, dict[str, str]] | None:
    """What to tell the writer of `text`: a template in Chinese and its values; None when nothing is refused."""
    grounds = [refusal.ground for refusal in refusals(text)]
    if not grounds:
        return None
    barred = [_GROUND_WORDS[ground] for ground in grounds if ground in _GROUND_WORDS]
    if len(barred) < 2:
        return _ADVICE[grounds[0]], {}
    return _SEVERAL, {"grounds": "和".join(barred)}
