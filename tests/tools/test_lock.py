"""The pins suit every machine and every mirror."""

import re

from tools.lock import DEV, RUN, pins


def test_pins_leave_out_build_tags_and_accelerator_packages():
    """What is left of a resolution is name and version alone."""
    resolved = "torch==2.13.0+cpu\n    # via x\nnvidia-cublas==13.1\ntriton==3.9\n# unsafe\nflask==3.1.3\n"

    assert pins(resolved) == ["torch==2.13.0", "flask==3.1.3"]


def test_locks_pin_every_package_and_name_no_address():
    """Each line pins one package, some for certain systems; no index, link or accelerator package is among them."""
    lines = (RUN.read_text("utf-8") + DEV.read_text("utf-8")).splitlines()

    pinned = [line for line in lines if not line.startswith(("#", "-r "))]
    pin = re.compile(r'[a-z0-9._-]+==[0-9][0-9a-z.]*( ; sys_platform (!=|==) "[a-z0-9]+")?')

    assert "torch==2.13.0" in pinned
    assert [line for line in pinned if not pin.fullmatch(line)] == []
    assert pins("\n".join(pinned)) == pinned
