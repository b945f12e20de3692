"""The command line: `hakusho ask | search | passage | feedback | index | eval | serve | mcp | password | doctor`.

Heavy imports happen inside the commands that need them, so that `--help` is quick.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rag.cli_programs import access_options, make_password, read_access, run_mcp
from source.errors import HakushoError

_EPILOG = """environment:
  HAKUSHO_INDEX      the default index folder
  HAKUSHO_FEEDBACK   the file that keeps what users say of answers, or off
  HAKUSHO_EMBEDDING  another embedding model: a hub name or a folder (default: the shipped one)
  HAKUSHO_RERANKER   a cross-encoder that judges the best passages anew: a hub name or a folder (default: none)
  HAKUSHO_DEVICE, HAKUSHO_BATCH
                     device (cpu, cuda, mps) and batch size of these two
  HAKUSHO_LLM_BASE_URL, HAKUSHO_LLM_MODEL, HAKUSHO_LLM_API_KEY
                     a language model behind an OpenAI-compatible server, or a local folder
                     (HAKUSHO_LLM_MODEL alone); HAKUSHO_LLM_CONTEXT: its context in tokens
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns 0, or 1 where a batch had errors, or 2 for a mistake by the user."""
    given = _parser().parse_args(arguments)
    try:
        status: int = given.run(given)
        sys.stdout.flush()
    except HakushoError as error:
        print(f"hakusho: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hakusho",
        description="Ask a document; every sentence of the answer is quoted from it.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _ask_parser(commands)
    _search_parser(commands)
    _index_parser(commands)
    passage = commands.add_parser("passage", help="show a passage, or find the place of a quote")
    passage.add_argument("id", help="a passage id, such as ca-2-07-1, a quote (it may be inexact), or a copied citation")
    _finish(passage, _passage)
    feedback = commands.add_parser("feedback", help="what users said, as candidates for the question set")
    feedback.add_argument("--review", action="store_true", help="those that were not helpful, to be completed by hand")
    _finish(feedback, _feedback, index=False)
    evaluate = commands.add_parser("eval", help="run the fixed question set")
    evaluate.add_argument("--questions", type=Path, help="another question file (JSON lines)")
    evaluate.add_argument("--split", choices=["tune", "test", "all"], default="test")
    evaluate.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON too")
    evaluate.add_argument("--html", type=Path, metavar="FILE", help="write a page with plots and every failure")
    _llm_option(evaluate, "report how faithful its answers and citations are")
    _finish(evaluate, _eval)
    serve = commands.add_parser("serve", help="open the web chat and the interfaces for programs")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=7860)
    serve.add_argument("--open", action="store_true", help="open a browser window")
    _llm_option(serve)
    access_options(serve)
    _finish(serve, _serve)
    mcp = commands.add_parser("mcp", help="serve agents over standard input and output")
    _llm_option(mcp)
    _finish(mcp, run_mcp)
    password = commands.add_parser("password", help="make a line for --auth-file")
    password.add_argument("user", help="the user's name; the password is asked for, or read from standard input")
    _finish(password, make_password, index=False)
    _finish(commands.add_parser("doctor", help="check the installation and the index"), _doctor)
    return parser


def _finish(parser: argparse.ArgumentParser, run: object, *, index: bool = True) -> None:
    if index:
        parser.add_argument("--index", type=Path, metavar="DIR", help="another index folder")
    parser.set_defaults(run=run)


def _ask_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    ask = commands.add_parser("ask", help="ask a question")
    ask.add_argument("question", nargs="?", help="the question")
    ask.add_argument("--batch", metavar="FILE", help="JSON lines of questions; - for standard input")
    ask.add_argument("--json", action="store_true", help="one JSON object")
    ask.add_argument("--explain", action="store_true", help="also say how the answer was found")
    ask.add_argument("--history", action="append", default=[], metavar="QUESTION", help="an earlier question; may be repeated")
    _llm_option(ask)
    _finish(ask, _ask)


def _llm_option(parser: argparse.ArgumentParser, more: str = "") -> None:
    parser.add_argument(
        "--llm",
        metavar="MODEL",
        help="a language model: URL#NAME of an OpenAI-compatible server, a local folder, or none" + (f"; {more}" if more else ""),
    )


def _search_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    search = commands.add_parser("search", help="list the nearest passages")
    search.add_argument("question")
    search.add_argument("-k", type=_positive, default=5, help="how many (default 5)")
    search.add_argument("--json", action="store_true")
    _finish(search, _search)


def _index_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    index = commands.add_parser("index", help="build or look at an index")
    actions = index.add_subparsers(required=True, metavar="ACTION")
    build = actions.add_parser("build", help="index a folder of .txt files")
    build.add_argument("--documents", type=Path, metavar="DIR", help="a folder of UTF-8 .txt files, each a document")
    build.add_argument("--into", type=Path, metavar="DIR", help="where to (default: the default index)")
    _finish(build, _index_build, index=False)
    _finish(actions.add_parser("show", help="what an index holds"), _index_show)


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return int(text)


def _notice(text: str) -> None:
    print(text, file=sys.stderr)


def _ask(given: argparse.Namespace) -> int:
    if (given.question is None) == (given.batch is None):
        raise HakushoError('give one question, as in hakusho ask "…", or --batch FILE')
    if given.explain and given.batch is not None:
        raise HakushoError("--explain tells of one question: leave it out, or ask without --batch")
    from rag.assistant import Assistant
    from rag.batch import read_batch, run_batch
    from rag.llm_settings import llm_settings
    from rag.terminal import show_answer, show_explanation

    assistant = Assistant.open(given.index, progress=_notice, llm=llm_settings(given.llm))
    if given.batch is not None:
        return run_batch(assistant, read_batch(given.batch), sys.stdout)
    answer = assistant.ask(given.question, given.history)
    if given.json:
        print(json.dumps(answer.explained() if given.explain else answer.to_json(), ensure_ascii=False))
    else:
        print("\n\n".join([show_answer(answer), *([show_explanation(answer)] if given.explain else [])]))
    return 0


def _search(given: argparse.Namespace) -> int:
    from rag.assistant import Assistant
    from rag.records import found_record
    from rag.terminal import show_candidates

    found = Assistant.open(given.index, progress=_notice).search(given.question, given.k)
    if given.json:
        print(json.dumps([found_record(c) for c in found], ensure_ascii=False))
    else:
        print(show_candidates(found))
    return 0


def _passage(given: argparse.Namespace) -> int:
    from index.open import open_index
    from rag.lookup import Lookup
    from rag.terminal import show_found, show_passage

    index = open_index(given.index, progress=_notice)
    if given.id in index.by_id:
        print(show_passage(*index.by_id[given.id]))
        return 0
    found = Lookup(index).find(given.id)
    if found.kind == "nothing":
        raise HakushoError(
            f"there is no passage {given.id!r}, and no text like it: `hakusho search` lists passages with their ids"
        )
    print(show_found(found, index.by_id))
    return 1 if found.kind == "near" else 0


def _feedback(given: argparse.Namespace) -> int:
    from rag.feedback import candidate, feedback_file, read_feedback

    file = feedback_file()
    if file is None:
        raise HakushoError("feedback is switched off: name a file in HAKUSHO_FEEDBACK, or leave it unset")
    wanted = "down" if given.review else "up"
    entries = [entry for entry in read_feedback(file) if entry["verdict"] == wanted]
    for number, entry in enumerate(entries, 1):
        print(json.dumps(candidate(entry, number), ensure_ascii=False))
    if not entries:
        _notice(f"no such feedback in {file}")
    return 0


def _index_build(given: argparse.Namespace) -> int:
    from index.open import build, default_index_folder

    index = build(given.documents, given.into, progress=_notice)
    print(f"{len(index.documents)} documents, {len(index.passages)} passages indexed in {given.into or default_index_folder()}")
    return 0


def _index_show(given: argparse.Namespace) -> int:
    from index.open import open_index

    for document in open_index(given.index, progress=_notice).documents:
        print(f"{document.id}\t{document.title}\t{len(document.passages)} passages\tsha256 {document.sha256[:12]}")
    return 0


def _eval(given: argparse.Namespace) -> int:
    from importlib import import_module

    from rag.llm_settings import llm_settings

    # By name, since the layers below must not import the question set.
    if given.llm is not None:
        report: int = import_module("eval.faithfulness").run(
            llm=llm_settings(given.llm), questions=given.questions, split=given.split, json_file=given.json, index=given.index
        )
        return report
    run: int = import_module("eval.run").run(
        questions=given.questions, split=given.split, json_file=given.json, index=given.index, html_file=given.html
    )
    return run


def _serve(given: argparse.Namespace) -> int:
    from importlib import import_module

    from rag.llm_settings import llm_settings

    launch = import_module("app").launch
    launch(
        host=given.host, port=given.port, open_browser=given.open, index=given.index, access=read_access(given),
        llm=llm_settings(given.llm),
    )  # fmt: skip
    return 0


def _doctor(given: argparse.Namespace) -> int:
    from rag.doctor import check

    return check(given.index)
