"""The words of the page in both languages, and which language a user gets."""

from typing import Literal

Language = Literal["ja", "en"]

WORDS: dict[Language, dict[str, str]] = {
    "ja": {
        "tagline": "答えのすべてを、原文で示します。",
        "switch": "表示言語",
        "theme": "明暗を切り替える",
        "model": "言語モデル",
        "model_on": "言語モデルが答えます",
        "model_off": "引用だけで答えます",
        "new": "新しい会話",
        "export": "書き出し",
        "export_markdown": "Markdown",
        "export_json": "JSON",
        "export_html": "印刷用 HTML",
        "exported": "会話を書き出しました",
        "skip": "本文へ移動",
        "conversation": "会話",
        "chapter": "本文",
        "outline": "見出し",
        "document": "文書",
        "empty_title": "本文に聞いてみましょう",
        "empty_text": "答えは本文の文そのものです。番号を押すと、引用した箇所が本文の中で示されます。書かれていないことには、書かれていないと答えます。",
        "empty_tip": "本文の文を選ぶと、その文について質問できます。",
        "examples": "質問の例",
        "next": "続けて聞けること",
        "instead": "本文で答えられる質問",
        "placeholder": "日本語・英語で質問を入力",
        "question": "質問",
        "send": "質問する",
        "stop": "止める",
        "searching": "本文を調べています…",
        "stopped": "途中で止めました",
        "stale": "文書が更新されたため、保存された回答は示せません。もう一度お尋ねください。",
        "understood": "質問の解釈",
        "reword": "解釈を直す",
        "unofficial": "非公式の英訳",
        "original": "原文",
        "sources": "引用箇所",
        "show": "引用{number}を本文で見る",
        "shown": "本文の引用箇所を示しました",
        "back": "回答へ戻る",
        "back_found": "検索結果へ戻る",
        "read": "本文を読む",
        "confident": "本文とよく一致しています",
        "fair": "おおむね一致しています。引用をご確認ください",
        "weak": "一致は弱めです。必ず引用をご確認ください",
        "related": "関連する箇所(答えではありません)",
        "refused_tip": "国名・人名・時期などを加えるか、別の言い方をすると見つかることがあります。",
        "withheld": "本文で裏付けられず、示さなかった文",
        "error": "回答できませんでした",
        "too_long": "質問が長すぎます。{limit}字以内でお書きください。",
        "failed": "内部で問題が起きました。もう一度お試しください。続くときは `hakusho doctor` で点検してください。",
        "offline": "サーバーにつながりません。動いていることを確かめて、もう一度お試しください。",
        "rendering": "英訳を併記",
        "notice": "英訳は非公式のもので、正文は日本語の本文です。",
        "actions": "この回答の操作",
        "again": "もう一度答える",
        "edit": "質問を編集",
        "save": "この内容で質問",
        "cancel": "やめる",
        "edit_note": "これより後の質問は消えます。",
        "copy": "コピー",
        "copy_text": "テキスト",
        "copy_markdown": "Markdown",
        "copy_bibtex": "BibTeX",
        "copied": "引用とともにコピーしました",
        "not_copied": "コピーできませんでした",
        "up": "役に立った",
        "down": "役に立たなかった",
        "reason": "理由(任意)",
        "reason_send": "送る",
        "thanks": "記録しました。このサーバーの外には出ません。",
        "how": "この答えの見つけ方",
        "how_type": "尋ねられていること",
        "how_searched": "{count}の文・注を調べ、近い順に並べました。",
        "how_chance": "本文に答えがある見込み",
        "how_place": "箇所",
        "how_score": "近さ",
        "how_used": "引用",
        "how_signals": "最も近い箇所で一致したもの",
        "how_expanded": "別の語で一致したもの",
        "mode_model": "言語モデルによる要約。各文は引用で裏付けられています。",
        "lookup": "引用・箇所を探す",
        "lookup_hint": "箇所の番号・引用文・コピーした引用",
        "lookup_go": "探す",
        "lookup_close": "閉じる",
        "found_passage": "この箇所です",
        "found_quote": "本文にこのとおりあります",
        "found_close": "本文とは少し違います",
        "found_near": "この引用は本文にありません。近い箇所は次のとおりです",
        "found_nothing": "この引用は本文に見つかりません",
        "found_hint": "引用文をもう少し長く貼り付けるか、箇所の番号をお確かめください。",
        "differs": "引用との違い",
        "previous": "前の箇所",
        "following": "次の箇所",
        "permalink": "リンクをコピー",
        "link_copied": "リンクをコピーしました",
        "ask_about": "この文について質問",
        "about": "「{quote}」について、",
        "cited_by": "質問{number}の回答で引用",
        "passage": "箇所",
        "show_place": "本文で見る",
    },
    "en": {
        "tagline": "Every answer, shown in the original.",
        "switch": "Interface language",
        "theme": "Switch between light and dark",
        "model": "Language model",
        "model_on": "The language model answers",
        "model_off": "Answers are quotes alone",
        "new": "New chat",
        "export": "Export",
        "export_markdown": "Markdown",
        "export_json": "JSON",
        "export_html": "HTML to print",
        "exported": "The conversation was exported",
        "skip": "Go to the text",
        "conversation": "Conversation",
        "chapter": "The text",
        "outline": "Headings",
        "document": "Document",
        "empty_title": "Ask the text",
        "empty_text": "Answers are the text's own sentences. Press a number to see the quoted words in their place. "
        "What the text does not say, you are told it does not say.",
        "empty_tip": "Select a sentence in the text to ask about it.",
        "examples": "Questions to try",
        "next": "You could ask next",
        "instead": "Questions the text does answer",
        "placeholder": "Ask in English or Japanese",
        "question": "Question",
        "send": "Ask",
        "stop": "Stop",
        "searching": "Searching the text…",
        "stopped": "Stopped before the end",
        "stale": "The document has changed since, so the saved answer cannot be shown. Please ask again.",
        "understood": "Interpreted as",
        "reword": "Change this",
        "unofficial": "Unofficial English rendering",
        "original": "Original",
        "sources": "Quoted from",
        "show": "Show quote {number} in the text",
        "shown": "The quote is highlighted in the text",
        "back": "Back to the answer",
        "back_found": "Back to what was found",
        "read": "Read the text",
        "confident": "Strong match with the text",
        "fair": "Fair match: check the quote",
        "weak": "Weak match: do check the quote",
        "related": "Related passages, but not an answer",
        "refused_tip": "Adding a country, a name or a date, or asking in other words, may help.",
        "withheld": "Sentences left out because the text does not support them",
        "error": "No answer could be given",
        "too_long": "The question is too long: ask in {limit} characters or fewer.",
        "failed": "Something went wrong inside. Try again; if it persists, run `hakusho doctor`.",
        "offline": "The server cannot be reached. Check that it is running and try again.",
        "rendering": "English rendering",
        "notice": "The English rendering is unofficial; the Japanese text is authoritative.",
        "actions": "What to do with this answer",
        "again": "Answer again",
        "edit": "Edit the question",
        "save": "Ask this",
        "cancel": "Cancel",
        "edit_note": "Later questions will be removed.",
        "copy": "Copy",
        "copy_text": "Text",
        "copy_markdown": "Markdown",
        "copy_bibtex": "BibTeX",
        "copied": "Copied with its citations",
        "not_copied": "Could not be copied",
        "up": "Helpful",
        "down": "Not helpful",
        "reason": "Why? (optional)",
        "reason_send": "Send",
        "thanks": "Noted. It never leaves this server.",
        "how": "How this answer was found",
        "how_type": "Asked for",
        "how_searched": "{count} sentences and notes were searched and put in order of closeness.",
        "how_chance": "Estimated chance that the text answers",
        "how_place": "Place",
        "how_score": "Closeness",
        "how_used": "Quoted",
        "how_signals": "What agreed in the closest passage",
        "how_expanded": "Words met by others of their meaning",
        "mode_model": "Summarised by a language model; every sentence is borne out by its citations.",
        "lookup": "Find a quote or passage",
        "lookup_hint": "passage id, quote or copied citation",
        "lookup_go": "Find",
        "lookup_close": "Close",
        "found_passage": "This is the passage",
        "found_quote": "The text says exactly this",
        "found_close": "The text says nearly this",
        "found_near": "The text does not say this. The nearest places are",
        "found_nothing": "This quote is not in the text",
        "found_hint": "Paste some more of the quote, or check the passage id.",
        "differs": "Differences",
        "previous": "Previous passage",
        "following": "Next passage",
        "permalink": "Copy link",
        "link_copied": "The link was copied",
        "ask_about": "Ask about this sentence",
        "about": "About “{quote}”: ",
        "cited_by": "Quoted in answer {number}",
        "passage": "Passage",
        "show_place": "Show in the text",
    },
}

# What a question asks for, and what may agree between it and a passage.
ASKED_FOR: dict[Language, dict[str, str]] = {
    "ja": {
        "person": "人", "place": "場所", "country": "国", "organisation": "組織", "date": "時期", "duration": "期間", "amount": "金額",
        "count": "数", "reason": "理由", "definition": "意味", "yes-no": "そうかどうか", "topic": "内容", "thing": "もの・こと",
    },
    "en": {
        "person": "a person", "place": "a place", "country": "a country", "organisation": "an organisation", "date": "a time",
        "duration": "a period", "amount": "a sum", "count": "a number", "reason": "a reason", "definition": "a meaning",
        "yes-no": "yes or no", "topic": "a subject", "thing": "a thing",
    },
}  # fmt: skip
SIGNALS: dict[Language, dict[str, str]] = {
    "ja": {
        "word_passage": "語", "gram_passage": "文字の並び", "concept_passage": "同じ意味の語", "word_paragraph": "段落の語",
        "dense": "文の意味", "late": "語ごとの意味", "countries": "国", "times": "時期", "typed": "答えの種類",
        "reader": "読解モデルの判断", "reranker": "再順位付けモデル",
    },
    "en": {
        "word_passage": "words", "gram_passage": "spelling", "concept_passage": "words of the same meaning",
        "word_paragraph": "words of the paragraph", "dense": "meaning of the sentence", "late": "meaning word by word",
        "countries": "countries", "times": "times", "typed": "kind of answer", "reader": "the reader's verdict",
        "reranker": "reranker",
    },
}  # fmt: skip

# What says that two words mean the same.
EXPANDED_BY: dict[Language, dict[str, str]] = {
    "ja": {"lexicon": "語彙集", "sudachi": "Sudachi 同義語辞書", "names": "国・都市・月の名"},
    "en": {"lexicon": "lexicon", "sudachi": "Sudachi synonyms", "names": "names of countries, cities and months"},
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
