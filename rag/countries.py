"""Countries that Japanese prose means without writing their names: 我が国, 訪米, 対中, 日韓."""

import re

from index.normalise import normalise

_SHORT = {
    "日": "JP", "米": "US", "中": "CN", "露": "RU", "韓": "KR", "英": "GB", "仏": "FR", "独": "DE", "伊": "IT", "印": "IN",
    "豪": "AU", "加": "CA", "台": "TW", "朝": "KP",
}  # fmt: skip
_ANY = "".join(_SHORT)
_HOME = re.compile(r"我が国|わが国|本邦|邦人|来日|日系|日・|日本")
_TOWARDS = re.compile(rf"(?:対|訪|在|駐|離|帰|親|反)([{_ANY}])(?!立|応|庫|宅|任|員|来|向|間|心|面)")
_BETWEEN = re.compile(
    rf"(?<![一-龠])([{_ANY}])([{_ANY}])([{_ANY}]?)(?=関係|首脳|外相|両|間|貿易|協定|条約|同盟|会談|経済|租税|社会|共同|の)"
)


def meant_countries(text: str) -> set[str]:
    """The keys of countries that a Japanese text means by a single character, or as its own.

    >>> sorted(meant_countries("我が国の対中輸出額")), sorted(meant_countries("日米首脳会談")), meant_countries("年中の対応")
    (['c:CN', 'c:JP'], ['c:JP', 'c:US'], set())
    """
    plain = normalise(text).text
    found = {"JP"} if _HOME.search(plain) else set()
    found |= {_SHORT[m[1]] for m in _TOWARDS.finditer(plain)}
    found |= {_SHORT[c] for m in _BETWEEN.finditer(plain) for c in "".join(m.groups())}
    return {f"c:{code}" for code in found}
