"""How quick the page is, warm and on loopback: `python tests/measure_page.py`. Measures, judges nothing."""

import statistics
import tempfile
import time
from pathlib import Path

from browser import answered, chromium, opened, serving

QUESTIONS = (
    "日本とトルクメニスタンの外務省間協力プログラムは何年から何年までのものですか。",
    "When was the tax convention with Turkmenistan signed?",
)
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def main() -> None:
    """Prints seconds: from start to an answering page, first paint, first answer."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        index = Path(folder) / "index"
        # The first start builds the index; it is the second that a user meets.
        for name in ("first start, builds the index", "start"):
            began = time.perf_counter()
            with serving(index=index) as address, opened(browser, address):
                print(f"{name} to an open page: {time.perf_counter() - began:.2f} s")
        paints, answers = [], []
        with serving(index=index) as address:
            for turn in range(6):
                with opened(browser, address) as page:
                    paints.append(page.evaluate(_PAINT) / 1000)
                    began = time.perf_counter()
                    page.locator("#box").fill(QUESTIONS[turn % 2])
                    page.locator("#box").press("Enter")
                    answered(page, 1)
                    answers.append(time.perf_counter() - began)
        print(f"first paint: median {statistics.median(paints):.2f} s, worst {max(paints):.2f} s")
        print(f"first answer: median {statistics.median(answers):.2f} s, worst {max(answers):.2f} s")


if __name__ == "__main__":
    main()
