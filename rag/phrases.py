"""What the assistant itself says, in both languages: everything else in an answer is quoted."""

NOT_IN_DOCUMENT = {
    "ja": "この文書には、ご質問への答えは書かれていません。",
    "en": "The document does not say.",
}
UNOFFICIAL = {"ja": "非公式訳", "en": "unofficial rendering"}
# What settles a question that expects yes or no.
YES_NO = {"ja": {"yes": "はい", "no": "いいえ"}, "en": {"yes": "Yes", "no": "No"}}
SETTLED = ("", *(word for words in YES_NO.values() for word in words.values()))
