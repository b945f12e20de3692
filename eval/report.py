"""The report as one page: figures, how each kind does, risk against coverage, every failure with what was retrieved."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from eval.spans import reliability_points, risk_curve
from index.local import LocalIndex

_STYLE = """
body { font: 15px/1.6 system-ui, "Hiragino Sans", "Noto Sans CJK JP", sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem; color: #1d2330 }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums } th, td { padding: .3rem .5rem; text-align: right; border-bottom: 1px solid #dde1e8 }
th:first-child, td:first-child { text-align: left; white-space: pre } details { border-bottom: 1px solid #dde1e8; padding: .4rem 0 } summary { cursor: pointer }
.bad { color: #a32a22 } .quiet { color: #5d6675 } svg { background: #f6f7f9; border-radius: 6px } ol { margin: .3rem 0 }
"""
_BARS = ("hit@1", "answer match", "citation precision", "citation recall", "false answer", "false refusal")
_WIDTH, _HEIGHT = 420, 220


def page(report: Mapping[str, Any], columns: Sequence[str], index: LocalIndex) -> str:
    """The report of `eval.run.evaluate` as a complete HTML page that loads nothing."""
    refusal = report["refusal"]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Hakusho: question set</title><style>{_STYLE}</style>'
        f"<h1>Question set</h1><p>Median {report['median ms']:.0f} ms a question. Answerable told from unanswerable: "
        f"AUROC {refusal['AUROC']:.3f}, expected calibration error {refusal['ECE']:.3f}.</p>"
        f"{_table(report['rows'], columns)}<h2>By kind</h2>{_kinds(report['rows'])}"
        f"<h2>Risk and coverage</h2>{_curve(refusal['curve'])}"
        f"<h2>Failures ({len(report['misses'])})</h2>{''.join(_miss(m, index) for m in report['misses'])}</html>\n"
    )


def _table(rows: Mapping[str, Mapping[str, float]], columns: Sequence[str]) -> str:
    head = "".join(f"<th>{escape(c)}</th>" for c in columns)
    body = "".join(
        f"<tr><td>{escape(name)}</td>" + "".join(f"<td>{row[c]:.2f}</td>" if c in row else "<td></td>" for c in columns) + "</tr>"
        for name, row in rows.items()
    )
    return f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>"


def _kinds(rows: Mapping[str, Mapping[str, float]]) -> str:
    """A small bar chart for each figure, one bar for each language and kind."""
    kinds = {name.strip(): row for name, row in rows.items() if name.startswith("    ")}
    return "".join(_bars(figure, {n: r[figure] for n, r in kinds.items() if figure in r}) for figure in _BARS)


def _bars(figure: str, values: Mapping[str, float]) -> str:
    lines = []
    for i, (name, value) in enumerate(values.items()):
        y = 14 + i * 20
        colour = "#a32a22" if figure.startswith("false") else "#35608f"
        lines.append(
            f'<text x="160" y="{y + 11}" text-anchor="end" font-size="12">{escape(name)}</text>'
            f'<rect x="168" y="{y}" width="{value * 200:.1f}" height="14" fill="{colour}"/>'
            f'<text x="{174 + value * 200:.1f}" y="{y + 11}" font-size="12">{value:.2f}</text>'
        )
    height = 24 + 20 * len(values)
    return f'<h3>{escape(figure)}</h3><svg width="{_WIDTH}" height="{height}" role="img" aria-label="{escape(figure)} by kind">{"".join(lines)}</svg>'


def _curve(points: Sequence[tuple[float, float]]) -> str:
    """The share of wrong answers among those given, as more questions are answered, surest first."""
    return _plot(
        points,
        "risk against coverage",
        "share of questions answered, surest first (0 to 1)",
        "share that should have been refused (0 to 1)",
    )


def _plot(points: Sequence[tuple[float, float]], label: str, across: str, up: str) -> str:
    """A line through points of the unit square."""
    drawn = " ".join(f"{40 + x * (_WIDTH - 60):.1f},{_HEIGHT - 30 - y * (_HEIGHT - 50):.1f}" for x, y in points)
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="{label}">'
        f'<polyline points="{drawn}" fill="none" stroke="#35608f" stroke-width="2"/>'
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 8}" font-size="12" text-anchor="middle">{across}</text>'
        f'<text x="8" y="16" font-size="12">{up}</text></svg>'
    )


def reading_page(found: Mapping[str, Mapping[str, float]], plots: Sequence[tuple[str, Sequence[float], Sequence[float]]]) -> str:
    """The report of `eval.reading` as a page: figures, and of each set (name, probabilities, truths) risk and calibration."""
    parts = []
    for name, figures in found.items():
        rows = "".join(f"<tr><td>{escape(key)}</td><td>{value:.3f}</td></tr>" for key, value in figures.items())
        parts.append(f"<h2>{escape(name)}</h2><table><tbody>{rows}</tbody></table>")
    for name, probabilities, truths in plots:
        reliability = _plot(
            reliability_points(probabilities, truths), "calibration", "probability (0 to 1)", "share that answers (0 to 1)"
        )
        parts.append(f"<h2>{escape(name)}: windows that answer</h2>{_curve(risk_curve(probabilities, truths))} {reliability}")
    body = "".join(parts)
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Hakusho: reading</title><style>{_STYLE}</style>{body}</html>\n'


def _miss(miss: Mapping[str, Any], index: LocalIndex) -> str:
    """One failure, closed until it is opened."""
    retrieved = "".join(f"<li><code>{escape(p)}</code> {escape(index.by_id[p][1].text)}</li>" for p in miss["retrieved"])
    figures = ", ".join(f"{k} {v}" for k, v in miss["figures"].items())
    standalone = f"<p>asked as: {escape(miss['standalone'])}</p>" if miss["standalone"] != miss["question"] else ""
    return (
        f"<details><summary><code>{escape(miss['id'])}</code> {escape(miss['question'])} "
        f'<span class="bad">{escape(miss["status"])}</span></summary>{standalone}'
        f"<p>short answer: {escape(str(miss['short_answer']))}; confidence {miss['confidence']}; cited {escape(', '.join(miss['cited']))}</p>"
        f'<p class="quiet">{escape(figures)}</p><ol>{retrieved}</ol></details>'
    )
