"""The words of the page in both languages, and which language a reader gets."""

from typing import Literal

Language = Literal["ja", "en"]

WORDS: dict[Language, dict[str, str]] = {
    "ja": {
        "tagline": "答えのすべてを、原文で示します。",
        "switch": "表示言語",
        "new": "新しい会話",
        "conversation": "会話",
        "chapter": "本文",
        "outline": "見出し",
        "document": "文書",
        "empty_title": "本文に聞いてみましょう",
        "empty_text": "答えは本文の文そのものです。番号を押すと、引用した箇所が本文の中で示されます。書かれていないことには、書かれていないと答えます。",
        "examples": "質問の例",
        "placeholder": "日本語・英語で質問を入力",
        "question": "質問",
        "send": "質問する",
        "searching": "本文を調べています…",
        "understood": "質問の解釈",
        "unofficial": "非公式の英訳",
        "original": "原文",
        "sources": "引用箇所",
        "show": "引用{number}を本文で見る",
        "shown": "本文の引用箇所を示しました",
        "back": "回答へ戻る",
        "confident": "本文とよく一致しています",
        "fair": "おおむね一致しています。引用をご確認ください",
        "weak": "一致は弱めです。必ず引用をご確認ください",
        "related": "関連する箇所(答えではありません)",
        "error": "回答できませんでした",
        "too_long": "質問が長すぎます。{limit}字以内でお書きください。",
        "failed": "内部で問題が起きました。もう一度お試しください。続くときは `hakusho doctor` で点検してください。",
        "rendering": "英訳を併記",
        "notice": "英訳は非公式のもので、正文は日本語の本文です。",
    },
    "en": {
        "tagline": "Every answer, shown in the original.",
        "switch": "Interface language",
        "new": "New chat",
        "conversation": "Conversation",
        "chapter": "The text",
        "outline": "Headings",
        "document": "Document",
        "empty_title": "Ask the text",
        "empty_text": "Answers are the text's own sentences. Press a number to see the quoted words in their place. "
        "What the text does not say, you are told it does not say.",
        "examples": "Questions to try",
        "placeholder": "Ask in English or Japanese",
        "question": "Question",
        "send": "Ask",
        "searching": "Searching the text…",
        "understood": "Interpreted as",
        "unofficial": "Unofficial English rendering",
        "original": "Original",
        "sources": "Quoted from",
        "show": "Show quote {number} in the text",
        "shown": "The quote is highlighted in the text",
        "back": "Back to the answer",
        "confident": "Strong match with the text",
        "fair": "Fair match: check the quote",
        "weak": "Weak match: do check the quote",
        "related": "Related passages, but not an answer",
        "error": "No answer could be given",
        "too_long": "The question is too long: ask in {limit} characters or fewer.",
        "failed": "Something went wrong inside. Try again; if it persists, run `hakusho doctor`.",
        "rendering": "English rendering",
        "notice": "The English rendering is unofficial; the Japanese text is authoritative.",
    },
}

# Examples are shown only beside the document that answers them.
EXAMPLES: dict[str, dict[Language, tuple[str, ...]]] = {
    "bluebook-central-asia-caucasus.ja": {
        "ja": (
            "日本とトルクメニスタンの外務省間協力プログラムは何年から何年までのものですか。",
            "「中央アジア+日本」対話はいつ立ち上げられましたか。",
            "ウクライナ支持を表明している国はどこですか。",
            "9月に訪日したキルギスの大臣は誰ですか。",
        ),
        "en": (
            "When did Japan launch the Central Asia plus Japan framework?",
            "Why is the Caspian Sea Route important?",
            "What natural resources does the region have?",
            "When was the election in Georgia?",
        ),
    }
}


def choose_language(asked: str | None, accept: str) -> Language:
    """The language asked for (`?lang=en`), else the browser's first of the two.

    Args:
        asked: the query parameter, if any.
        accept: the `Accept-Language` header. A browser that names neither language gets
            English; one that names none at all gets Japanese, the language of the documents.

    >>> choose_language(None, "fr-CH, en;q=0.7, ja;q=0.9")
    'ja'
    """
    if asked in ("ja", "en"):
        return "ja" if asked == "ja" else "en"
    wishes = sorted((_wish(part) for part in accept.split(",") if part.strip()), reverse=True)
    for _, name in wishes:
        if name in ("ja", "en"):
            return "ja" if name == "ja" else "en"
    return "en" if wishes else "ja"


def _wish(part: str) -> tuple[float, str]:
    """(weight, primary language) of one entry of the header; a malformed weight counts as 0."""
    name, _, weight = part.partition(";")
    try:
        value = float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        value = 0.0
    return value, name.strip().lower().split("-")[0]
