"""Passwords that everybody tries first: common words with digits behind them, runs, repeats, dates, the name itself."""

from __future__ import annotations

import re

__all__ = ["is_common"]

_TRIED_FIRST = """
password passwort passw0rd p@ssw0rd p@ssword pass admin administrator root user guest login welcome letmein
master secret hello iloveyou loveyou love woaini woaiwojia aini monkey dragon sunshine princess football
baseball superman batman michael jordan charlie shadow freedom whatever trustno test testing demo default
changeme computer internet samsung huawei xiaomi iphone google baidu taobao alipay wechat weixin tencent qq
china zhongguo beijing shanghai hangzhou gangbo zhaopin gongzuo nihao mima wodemima asdf asdfgh asdfghjkl
qwer qwert qwerty qwertyuiop zxcv zxcvb zxcvbn zxcvbnm qazwsx qazwsxedc qweasd qweasdzxc 1q2w3e 1q2w3e4r
1q2w3e4r5t q1w2e3 q1w2e3r4 1qaz2wsx zaq12wsx abc abcd abcde abcdef abcdefg abcdefgh a b c aa aaa abc123 a1b2c3
li wang zhang liu chen yang zhao huang zhou wu xiaoming xiaohong baobao baobei laopo laogong
"""
_WORDS = frozenset(_TRIED_FIRST.split())
_RUNS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv")
_DATE = re.compile(r"^(?:19|20)\d{6}$|^\d{4}(?:19|20)\d{2}$")


def is_common(password: str, name: str = "") -> bool:
    """Whether `password` is among the first that somebody would try, for anyone or for who signs in as `name`."""
    text = password.strip().lower()
    own = re.split(r"[@.\s_-]", name.strip().lower())[0]
    return (
        len(set(text)) <= 2
        or text in _WORDS
        or re.sub(r"^\W+|[\d\W_]+$", "", text) in _WORDS | {""}
        or re.sub(r"^[\d\W_]+", "", text) in _WORDS
        or _is_run(text)
        or bool(_DATE.match(text))
        or (len(own) >= 3 and own in text and len(text) - len(own) <= 4)
    )


def _is_run(text: str) -> bool:
    doubled = text[: len(text) // 2] * 2 == text and len(text) <= 12
    return doubled or any(text in run * 2 or text in (run * 2)[::-1] for run in _RUNS)
