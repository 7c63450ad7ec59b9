"""One name for each certificate: employers and seekers write 电工证 and 低压电工作业证 and mean the same.

Owns the list of names that mean one certificate. Knows no positions and no seekers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# The first of a row is the name that reasons say; a name is only listed where the paper is truly the same one.
_ALIKE = (
    "低压电工证 低压电工作业证 低压电工操作证 低压电工上岗证 低压电工 电工证 电工操作证 电工作业证 电工上岗证",
    "高压电工证 高压电工作业证 高压电工操作证 高压证",
    "焊工证 焊工操作证 焊工作业证 电焊证 电焊工证 熔化焊接与热切割作业证 熔化焊接与热切割证 焊接与热切割作业证",
    "叉车证 叉车司机证 叉车操作证 叉车驾驶证 叉车上岗证 特种设备作业人员证N1 N1证 N1叉车证 场内机动车证",
    "电梯作业证 电梯维修证 电梯修理证 特种设备作业人员证T T证 电梯安装维修证",
    "锅炉证 司炉证 司炉工证 锅炉作业证 G1证",
    "起重机证 行车证 起重机司机证 行车操作证 天车证 Q2证",
    "制冷证 制冷与空调作业证 制冷作业证 制冷与空调设备安装修理作业证",
    "登高证 高处作业证 高空作业证 登高作业证",
    "健康证 健康证明 健康合格证 食品健康证 食品从业健康证 从业人员健康证 从业人员健康证明",
    "护士执业证 护士证 护士资格证 护士执业证书 护士执业资格证",
    "养老护理员证 养老护理证 养老护理员职业技能证 养老护理员资格证 护理员证 护工证",
    "育婴师证 育婴员证 育婴证 育婴师资格证",
    "母婴护理证 月嫂证 母婴护理师证",
    "保安员证 保安证 保安员上岗证",
    "消防设施操作员证 消防证 建构筑物消防员证 消防设施操作员 消防员证 中控证 消防中控证",
    "教师资格证 教师证 教资 教师资格证书",
    "幼儿教师资格证 幼师证 幼儿园教师资格证 幼师资格证",
    "会计从业资格证 会计证 会计从业资格",
    "初级会计证 初级会计职称 初级会计师 初级会计 初级会计资格证 初级会计专业技术资格",
    "中级会计证 中级会计职称 中级会计师 中级会计",
    "A1驾驶证 A1驾照 A1本 A1证 A1",
    "A2驾驶证 A2驾照 A2本 A2证 A2",
    "A3驾驶证 A3驾照 A3本 A3证 A3",
    "B1驾驶证 B1驾照 B1本 B1证 B1",
    "B2驾驶证 B2驾照 B2本 B2证 B2",
    "C1驾驶证 C1驾照 C1本 C1证 C1 驾驶证 驾照 汽车驾驶证",
    "C2驾驶证 C2驾照 C2本 C2证 C2",
    "道路运输从业资格证 货运从业资格证 从业资格证 货运资格证 道路货运从业资格证",
    "网约车驾驶员证 网约车证 网络预约出租汽车驾驶员证",
    "厨师证 中式烹调师证 中式烹调师 厨师资格证 烹调师证",
    "西式面点师证 西式面点师 西点师证",
    "中式面点师证 中式面点师 面点师证",
    "保育员证 保育师证 保育证",
    "执业药师证 执业药师 执业药师资格证",
    "药士证 药士资格证 药剂士证",
    "执业医师证 医师资格证 执业医师 医师证",
    "康复治疗师证 康复治疗士证 康复治疗师资格证",
    "社会工作者证 社工证 助理社会工作师 社会工作师 初级社工证",
    "英语四级 大学英语四级 CET4 CET-4 四级证书 英语四级证书",
    "英语六级 大学英语六级 CET6 CET-6 六级证书 英语六级证书",
    "普通话二级甲等 普通话二甲 普通话二级甲等证书 普通话水平二级甲等",
    "普通话二级乙等 普通话二乙 普通话二级乙等证书",
    "安全员证 安全员C证 专职安全员证",
    "施工员证 施工员",
    "二级建造师证 二级建造师 二建 二建证",
    "一级建造师证 一级建造师 一建 一建证",
    "食品检验员证 食品检验工证 食品检验员",
    "美容师证 美容师资格证",
    "美发师证 美发师资格证",
    "茶艺师证 茶艺师资格证",
    "导游证 导游资格证",
)

# Who has the first may do what the second allows (机动车驾驶证申领和使用规定, 准驾车型).
_INCLUDES = {
    "A1驾驶证": ("A3驾驶证", "B1驾驶证", "B2驾驶证", "C1驾驶证", "C2驾驶证"),
    "A2驾驶证": ("B1驾驶证", "B2驾驶证", "C1驾驶证", "C2驾驶证"),
    "A3驾驶证": ("C1驾驶证", "C2驾驶证"),
    "B1驾驶证": ("C1驾驶证", "C2驾驶证"),
    "B2驾驶证": ("C1驾驶证", "C2驾驶证"),
    "C1驾驶证": ("C2驾驶证",),
    "英语六级": ("英语四级",),
    "一级建造师证": ("二级建造师证",),
    "中级会计证": ("初级会计证",),
    "普通话二级甲等": ("普通话二级乙等",),
}

_OF_TEACHERS = "教师资格证"  # Of any school; a posting that names no school takes each.


def _folded(text: str) -> str:
    text = re.sub(r"[（(【\[].*?[)）】\]]", "", text)
    return re.sub(r"[\s、，,。.·《》:：\"“”-]", "", text).upper().removesuffix("以上").removesuffix("及")


_NAME_OF = {_folded(alias): row.split()[0] for row in _ALIKE for alias in row.split()}


def certificate(written: str) -> str:
    """The one name of a certificate as somebody wrote it; an unknown one is its own name."""
    for form in (written, *re.findall(r"[（(](.+?)[)）]", written)):
        key = _folded(form)
        found = _NAME_OF.get(key) or _NAME_OF.get(key.removesuffix("书")) or _NAME_OF.get(key + "证")
        if found:
            return found
    return re.sub(r"\s+", "", written).removesuffix("书")


def certificates(written: Iterable[str]) -> frozenset[str]:
    """The names of several."""
    return frozenset(certificate(one) for one in written if one.strip())


def covered(held: Iterable[str]) -> frozenset[str]:
    """What is held, and what is allowed by it."""
    names = frozenset(held)
    if any(name.endswith(_OF_TEACHERS) for name in names):
        names |= {_OF_TEACHERS}
    return names.union(*(_INCLUDES.get(name, ()) for name in names))
