"""What a question asks for: its language, the type of its answer, whether it wants a list."""

import re
from dataclasses import dataclass
from typing import Literal, cast

from index.normalise import normalise
from index.tokenise import language_of

AnswerType = Literal[
    "person",
    "place",
    "country",
    "organisation",
    "date",
    "duration",
    "amount",
    "count",
    "reason",
    "definition",
    "yes-no",
    "topic",
    "thing",
]
Language = Literal["ja", "en"]

# First match wins: from the telling to the vague. Written over general ways of asking.
_JA: tuple[tuple[AnswerType, str], ...] = (
    (
        "person",
        r"誰|(?:どんな|どの|訪れた|来た|訪日した|来日した|から)[^。?]{0,8}(?:要人|閣僚|高官|政治家|人物|首脳|大臣|次官)(?:は|を|が)|だれ|どなた|どの人|何という人|(?:大臣|首相|大統領|次官|議長|代表|人物)(?:の名前|の氏名|は何という名)",
    ),
    ("country", r"(?:どの|どこの|どちらの|何という|いずれの|なんという|どんな)国|何国|国名|国はどこ|国はどちら|国はどれ"),
    ("duration", r"何(?:年間|か月|カ月|ヶ月|日間|時間|週間)|どの(?:くらい|ぐらい)の期間|期間は|いつからいつまで|何年から何年"),
    ("date", r"いつ(?!も)|何年|何月|何日|何曜日|何世紀|何時(?!間)|時期は|日付|日時|なんねん|なんがつ"),
    (
        "amount",
        r"いくら|何(?:円|ドル|ユーロ|億|兆)|金額|目標額|総額|費用は|予算(?:額|規模)?は|(?:予算|費用|金額|総額|規模)(?:を教|[?。]*$)",
    ),
    (
        "count",
        r"何[一-龠々ヶカか%]|何パーセント|第何|いくつ|どの(?:くらい|ぐらい|程度)|どれ(?:くらい|ぐらい|ほど|だけ)|数は|割合",
    ),
    ("reason", r"なぜ|何故|なんで|どうして|理由|原因|何のため|なにゆえ|きっかけ|背景は"),
    ("definition", r"(?:とは|って|というのは)(?:[、,]?\s*(?:何|なに|なん|どう|どの))|正式名称|正式には|略称|何の略|の略|意味は"),
    ("organisation", r"(?:どの|何という|どういう|なんという|どんな)(?:機関|組織|団体|省庁?|政党|会社|企業|機構|委員会|党|連盟)"),
    (
        "place",
        r"どこ|何処|どちら(?:で|に|へ|の)|場所|開催地|会場|何という(?:都市|町|場所|地域)|(?:どの|何の)(?:都市|町|地域|場所)|首都は|都市は",
    ),
    (
        "topic",
        r"何について|なにについて|何に関して|どんな(?:こと|話|分野|内容|議題|テーマ)|どのような(?:こと|話|分野|内容|議題|テーマ)|議題|内容は|目的|テーマ",
    ),
)
_EN: tuple[tuple[AnswerType, str], ...] = (
    (
        "person",
        r"\bwho(?:m|se)?\b|\b(?:which|what|every|all|list|name)(?: (?!did|do|does|is|was|were|has|have)\w+){0,2} (?:officials|ministers|leaders|people|politicians|diplomats)\b|\bwhat person\b|\bname of the (?:minister|president|official|speaker)",
    ),
    ("country", r"\b(?:which|what)(?: other)?(?: \w+){0,2} (?:countr(?:y|ies)|nations?|states?)\b"),
    ("duration", r"\bhow long\b|\bwhat period\b|\bfrom when (?:to|until)\b|\bwhat years\b|\bhow many (?:years|months|days)\b"),
    ("date", r"\bwhen\b|\b(?:what|which)(?: \w+)? (?:year|month|date|day|time)\b|\bby when\b"),
    (
        "amount",
        r"\bhow much (?:money|did|does|has|will|is|was|aid|funding)\b|\bcosts?\b|\bbudget\b|\bhow many (?:yen|dollars|euros)\b",
    ),
    ("count", r"\bhow (?:many|much|often|big|large|far|old|tall)\b|\bnumber of\b|\bwhat (?:percentage|share|amount)\b"),
    ("reason", r"\bwhy\b|\breasons?\b|\bwhat (?:caused|led)\b|\bcause of\b|\bhow come\b"),
    (
        "definition",
        r"\bstands? for\b|\bfull (?:name|form)\b|\babbreviation\b|\bwhat does \w+ mean\b|\bmeaning of\b|^\s*what is (?:an? |the )?[\w+-]+\s*\??$",
    ),
    (
        "organisation",
        r"\b(?:which|what)(?: \w+){0,2} (?:organi[sz]ations?|part(?:y|ies)|bod(?:y|ies)|ministr(?:y|ies)|agenc(?:y|ies)|groups?)\b",
    ),
    ("place", r"\bwhere\b|\b(?:which|what)(?: \w+){0,2} (?:cit(?:y|ies)|places?|venue|towns?|locations?|capital)\b"),
    (
        "topic",
        r"\babout what\b|\bwhat (?:topics?|issues?|fields?|areas?|subjects?)\b|\bpurpose\b|\bwhat (?:did .* (?:discuss|talk about|agree))",
    ),
)
_LIST = re.compile(
    r"すべて|全て|全部|全員|要人|閣僚たち|一覧|列挙|挙げ|あげて|誰々|どんな国々|それぞれ|各々|とその|まとめ|何と何|どこと|ほかに|他に|複数|たち(?:は|を)"
    r"|\b(?:list|all|every|each|name the|which (?:\w+ )?(?:countries|officials|people|organi[sz]ations|ministers|events|topics|meetings|fields|areas)"
    r"|what (?:\w+ )?(?:countries|officials|organi[sz]ations|ministers|events|topics|meetings|visits|fields|areas)|who all|who (?:else|were|came|visited))\b"
)
_ABOUT = re.compile(
    r"(?:との関係|について|に関して|の動き|の状況|の概要|の取組|との交流|の情勢)(?:は|を|って)?(?:どう|教えて|知りたい|説明|まとめ|何|なに)?[^一-龠]{0,12}$"
    r"|\b(?:tell me about|what about|describe|summari[sz]e|overview|relations? (?:with|between)|what happened)\b"
)
_WH_JA = re.compile(r"誰|だれ|どなた|何|なに|なん(?:で|の|と)|いつ|どこ|どの|どれ|どちら|どう|どんな|なぜ|いくつ|いくら|いずれ")
_YES_NO_JA = re.compile(
    r"(?:ます|ました|です|でした|ません|ない|る|た|だ|の|なの|ません)か[?。]?$|(?:の|[いたるう])\?$|かどうか|本当"
)
_YES_NO_EN = re.compile(r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|isn't|didn't|doesn't)\b")


@dataclass(frozen=True, slots=True)
class Question:
    """A question that stands by itself, understood. `about` asks for a subject as a whole."""

    text: str
    language: Language
    answer_type: AnswerType
    wants_list: bool
    about: bool


def understand(text: str) -> Question:
    """Reads the language, answer type and scope off a question."""
    folded = normalise(text).text.strip()
    language = cast(Language, language_of(text))
    answer_type = _answer_type(folded, language)
    about = bool(_ABOUT.search(folded)) and answer_type in ("thing", "topic")
    return Question(text, language, answer_type, bool(_LIST.search(folded)), about)


# What a resolved follow-up carries along: the topic before, or after in brackets (`rag.followup`).
_CARRIED_JA = re.compile(
    r"^.*について、(?=.*(?:誰|だれ|どなた|何|なに|なん|いつ|どこ|どの|どれ|どちら|どう|どんな|なぜ|いくつ|いくら))"
)
_CARRIED_EN = re.compile(r"\s\([^()]*\)\s*$")
# "when" asks only where no other question word stands before it.
_CLAUSE_WHEN = re.compile(r"(\b(?:what|who|whom|whose|which|where|how|why)\b.*?)\bwhen\b")


def _answer_type(folded: str, language: Language) -> AnswerType:
    folded = _CARRIED_JA.sub("", folded) if language == "ja" else _CLAUSE_WHEN.sub(r"\1", _CARRIED_EN.sub("", folded))
    if is_yes_no(folded, language):
        return "yes-no"
    patterns = _JA if language == "ja" else _EN
    return next((kind for kind, pattern in patterns if re.search(pattern, folded)), "thing")


def is_yes_no(folded: str, language: str) -> bool:
    """Whether a folded question asks for yes or no."""
    if language == "en":
        return bool(_YES_NO_EN.match(folded))
    return bool(_YES_NO_JA.search(folded)) and not _WH_JA.search(folded)
