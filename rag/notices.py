"""What the reader is told when a language model did not answer as it should: the quotes then stand alone."""

from collections.abc import Mapping

from rag.llm_faults import FaultKind
from rag.question import Language

_WHY: Mapping[str, Mapping[FaultKind, str]] = {
    "ja": {
        "unreachable": "言語モデルのサーバーに接続できませんでした",
        "refused": "言語モデルのサーバーがアクセスを拒否しました(キーを確認してください)",
        "unknown_model": "言語モデルのサーバーに、その名前のモデルまたは接続先がありません",
        "busy": "言語モデルのサーバーが混み合っています",
        "failed": "言語モデルのサーバーでエラーが起きました",
        "slow": "言語モデルが時間内に答え始めませんでした",
        "stalled": "言語モデルの答えが途中で止まりました",
        "long": "言語モデルの答えが時間内に終わりませんでした",
        "malformed": "言語モデルのサーバーの応答を読み取れませんでした",
        "cut": "言語モデルの答えが途中で切れました",
        "empty": "言語モデルの答えが空でした",
        "endless": "言語モデルの答えが終わりませんでした",
    },
    "en": {
        "unreachable": "The language model's server could not be reached",
        "refused": "The language model's server refused access (check the key)",
        "unknown_model": "The language model's server does not know that model or address",
        "busy": "The language model's server is busy",
        "failed": "The language model's server reported an error",
        "slow": "The language model did not begin to answer in time",
        "stalled": "The language model stopped in the middle of its answer",
        "long": "The language model did not finish in time",
        "malformed": "The language model's server sent something that could not be read",
        "cut": "The language model's answer was cut off",
        "empty": "The language model's answer was empty",
        "endless": "The language model's answer did not end",
    },
}
_INSTEAD = {
    "ja": "。文書の文をそのまま引用して答えています。",
    "en": ". The answer is quoted from the document instead.",
}
UNSUPPORTED = {
    "ja": "言語モデルの答えは文書で裏付けられなかったため、文書の文をそのまま引用して答えています。",
    "en": "The document does not support what the language model wrote. The answer is quoted from the document instead.",
}
DECLINED = {
    "ja": "言語モデルは抜粋に答えがないとしました。関係する文書の文をそのまま引用しています。",
    "en": "The language model found no answer in the passages. The nearest sentences are quoted from the document instead.",
}
WITHHELD = {
    "ja": "文書で裏付けられない{count}文を省きました。",
    "en": "{count} statement(s) that the document does not support were left out.",
}


def fault_notice(kind: FaultKind, language: Language) -> str:
    """Why the answer is quoted instead."""
    return _WHY[language][kind] + _INSTEAD[language]
