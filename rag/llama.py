"""Hakusho inside anyone's LlamaIndex program: a retriever and a query engine."""

from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from rag.assistant import Assistant
from source.document import Passage


class HakushoRetriever(BaseRetriever):
    """Passages as nodes; a node's id is the passage's, its metadata the place in the document."""

    def __init__(self, assistant: Assistant, *, k: int = 10) -> None:
        self._assistant = assistant
        self._k = k
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._assistant.search(query_bundle.query_str, k=self._k)
        return [NodeWithScore(node=as_node(c.passage), score=c.score) for c in found]


class HakushoQueryEngine(BaseQueryEngine):
    """Answers as LlamaIndex responses; `response.metadata` is the answer's JSON form."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        super().__init__(callback_manager=CallbackManager())

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        answer = self._assistant.ask(query_bundle.query_str)
        scores = {r.passage: r.score for r in answer.retrieved}
        passages = [self._assistant.index.by_id[c.passage][1] for c in answer.citations]
        nodes = [NodeWithScore(node=as_node(p), score=scores.get(p.id, 0.0)) for p in passages]
        return Response(answer.text, source_nodes=nodes, metadata=answer.to_json())

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return self._query(query_bundle)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}


def as_node(passage: Passage) -> TextNode:
    """A passage as a LlamaIndex node with its offsets."""
    metadata: dict[str, Any] = {
        "document": passage.document,
        "passage": passage.id,
        "headings": " › ".join(passage.headings),
        "kind": passage.kind,
    }
    return TextNode(
        id_=passage.id,
        text=passage.text,
        metadata=metadata,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=["document", "kind"],
    )
