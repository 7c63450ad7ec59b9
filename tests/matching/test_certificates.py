"""Certificates go by many names, and the same one is recognised."""

import pytest

from matching.certificates import certificate, certificates, covered


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("低压电工作业证", "低压电工证"),
        ("电工证", "低压电工证"),
        ("特种作业操作证（低压电工）", "低压电工证"),
        ("叉车证（N1）", "叉车证"),
        ("特种设备作业人员证 N1", "叉车证"),
        ("C1 驾驶证", "C1驾驶证"),
        ("C1以上驾照", "C1以上驾照"),
        ("普通话二甲", "普通话二级甲等"),
        ("健康证明", "健康证"),
        ("护士执业证书", "护士执业证"),
        ("没听说过的证", "没听说过的证"),
    ],
)
def test_certificate_has_one_name(written, name):
    """What employers and seekers write becomes the one name; an unknown certificate keeps its own."""
    assert certificate(written) == name


def test_covered_adds_what_a_higher_certificate_allows():
    """Who may drive an A1 coach may drive a C1 car, and not the other way round."""
    assert "C1驾驶证" in covered(certificates(["A1 驾驶证"]))
    assert "A1驾驶证" not in covered(certificates(["C1 驾驶证"]))


def test_covered_takes_any_school_for_a_teacher_where_none_is_named():
    """A certificate for one kind of school is a teacher's certificate, and not one for another kind."""
    held = covered(certificates(["幼儿园教师资格证"]))

    assert {"教师资格证", "幼儿教师资格证"} <= held
    assert "幼儿教师资格证" not in covered(certificates(["教师资格证"]))


def test_low_voltage_is_not_high_voltage():
    """The two electricians' certificates stay apart."""
    assert certificate("高压电工证") != certificate("低压电工证")
