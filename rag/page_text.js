// The text at the right: highlights a citation, previews it, keeps the outline, finds quotes, marks
// what the conversation cites, and lets the user ask about what is selected.
(() => {
  const H = window.hakusho;
  const { $, $$, make } = H;

  // -- highlighting ------------------------------------------------------------------------

  H.clear = (article) => {
    for (const mark of $$("mark.cited", article)) mark.replaceWith(...mark.childNodes);
    article.normalize();
    for (const part of $$(".cited-rendering", article)) part.classList.remove("cited-rendering");
  };

  // The position in UTF-16 units after `count` code points: offsets count code points.
  const unitsAfter = (text, count) => {
    let units = 0;
    for (; count > 0 && units < text.length; count--) units += text.codePointAt(units) > 0xffff ? 2 : 1;
    return units;
  };

  // Every text node of the run with the code points it covers.
  const pieces = (run) => {
    const found = [];
    const walker = document.createTreeWalker(run, NodeFilter.SHOW_TEXT);
    for (let at = Number(run.dataset.start); walker.nextNode(); at = found.at(-1).end)
      found.push({ node: walker.currentNode, start: at, end: at + [...walker.currentNode.data].length });
    return found;
  };

  H.highlight = (article, start, end) => {
    H.clear(article);
    const marks = [];
    for (const { node, start: from, end: to } of $$("[data-start]", article).flatMap(pieces)) {
      if (to <= start || from >= end) continue;
      const range = document.createRange();
      range.setStart(node, unitsAfter(node.data, Math.max(0, start - from)));
      range.setEnd(node, unitsAfter(node.data, Math.min(end, to) - from));
      const mark = document.createElement("mark");
      mark.className = "cited";
      range.surroundContents(mark);
      marks.push(mark);
    }
    const passages = new Set(marks.map((m) => m.closest("[data-passage]")?.dataset.passage));
    for (const part of $$("[data-renders]", article)) part.classList.toggle("cited-rendering", passages.has(part.dataset.renders));
    return marks;
  };

  // -- the document --------------------------------------------------------------------------

  const chapter = () => $("#text .chapter");
  const openDocument = async (id) => {
    if (chapter()?.dataset.document === id) return chapter();
    const html = await H.server?.chapter_of(id);
    if (!html) return null;
    chapter().parentElement.innerHTML = html;
    $("#text").scrollTop = 0;
    H.openText();
    return chapter();
  };

  const outline = () => {
    const nav = $("#bar .outline");
    if (!nav || !chapter()) return;
    const rendered = (heading) => H.language === "en" && heading.dataset.outline;
    nav.replaceChildren(
      ...$$("#text [data-outline]").map((heading) => {
        const link = make("button", { type: "button", textContent: rendered(heading) || heading.textContent });
        link.lang = rendered(heading) ? "en" : chapter().lang;
        link.onclick = () => {
          heading.scrollIntoView({ behavior: H.behavior(), block: "start" });
          heading.focus({ preventScroll: true });
        };
        return link;
      }),
    );
    follow();
  };
  // The heading that is being read stands out in the outline.
  const follow = () => {
    const top = ($("#bar")?.getBoundingClientRect().bottom ?? 0) + 80;
    const headings = $$("#text [data-outline]");
    const at = headings.findLastIndex((heading) => heading.getBoundingClientRect().top < top);
    $$("#bar .outline button").forEach((link, i) => link.toggleAttribute("data-here", i === Math.max(0, at)));
  };
  let following = false;
  const later = () => {
    if (following) return;
    following = true;
    requestAnimationFrame(() => ((following = false), follow()));
  };

  // After the page was filled, or another document opened.
  H.openText = () => {
    for (const choice of $$("#bar select")) choice.value = chapter()?.dataset.document ?? "";
    outline();
    H.markCited();
  };

  let origin = null;
  H.show = async (button, { jump = true } = {}) => {
    hidePreview();
    const { document: id, start, end } = button.dataset;
    const marks = await H.showRange(id, Number(start), Number(end), { jump });
    if (!marks.length) return;
    for (const other of $$("[data-show][aria-current]")) other.removeAttribute("aria-current");
    button.setAttribute("aria-current", "true");
    if (!jump) return;
    H.tell(H.words.shown, { seen: false });
    const talk = button.closest("#conversation");
    offerBack(talk || button.closest(".found") ? button : null, talk ? H.words.back : H.words.back_found);
  };
  // On a phone, the way back from the text to where it was opened.
  const offerBack = (from, label) => {
    origin = from;
    back.hidden = H.wide() || !from;
    back.textContent = `↑ ${label}`;
  };
  H.showRange = async (id, start, end, { jump = true } = {}) => {
    const article = await openDocument(id);
    const marks = article ? H.highlight(article, start, end) : [];
    marks[0]?.scrollIntoView({ behavior: jump ? H.behavior() : "auto", block: "center" });
    return marks;
  };

  // -- which answers cite a sentence ---------------------------------------------------------

  H.markCited = () => {
    for (const mark of $$("#text .backrefs")) mark.remove();
    const by = new Map();
    H.cited?.().forEach(({ id, number, passages }) => {
      for (const passage of passages) by.set(passage, [...(by.get(passage) ?? []), { id, number }]);
    });
    for (const [passage, answers] of by) {
      const runs = $$(`#text [data-passage="${CSS.escape(passage)}"]`);
      if (!runs.length) continue;
      const group = make("span", { className: "backrefs" });
      for (const { id, number } of answers) {
        const label = H.fill(H.words.cited_by ?? "", { number });
        const button = make("button", { type: "button", className: "backref", title: label });
        button.setAttribute("aria-label", label);
        Object.assign(button.dataset, { act: "answer", turn: id, number });
        group.append(button);
      }
      runs.at(-1).after(group);
    }
  };
  H.acts.answer = (button) => {
    const turn = $(`#conversation [data-turn="${CSS.escape(button.dataset.turn)}"]`);
    turn?.scrollIntoView({ behavior: H.behavior(), block: "start" });
    $(".question", turn ?? document)?.focus({ preventScroll: true });
  };

  // -- preview of a quote --------------------------------------------------------------------

  const preview = make("div", { id: "quote-preview", hidden: true });
  preview.setAttribute("role", "tooltip");
  const back = make("button", { id: "back", type: "button", hidden: true });
  back.onclick = () => {
    back.hidden = true;
    origin?.scrollIntoView({ behavior: H.behavior(), block: "center" });
    origin?.focus({ preventScroll: true });
  };
  H.hideBack = () => (back.hidden = true);

  const besides = (element, at) => {
    const left = Math.min(at.left, innerWidth - element.offsetWidth - 12);
    const below = at.bottom + 8 + element.offsetHeight < innerHeight;
    const top = below ? at.bottom + 8 : at.top - 8 - element.offsetHeight;
    element.style.left = `${Math.max(12, left)}px`;
    element.style.top = `${Math.max(8, Math.min(top, innerHeight - 8 - element.offsetHeight))}px`;
  };
  const showPreview = (chip) => {
    preview.replaceChildren(
      make("p", { textContent: chip.dataset.quote }),
      make("small", { textContent: chip.dataset.place }),
    );
    preview.lang = chip.dataset.lang;
    preview.hidden = false;
    chip.setAttribute("aria-describedby", "quote-preview");
    besides(preview, chip.getBoundingClientRect());
  };
  const hidePreview = () => {
    preview.hidden = true;
    for (const chip of $$("[aria-describedby=quote-preview]")) chip.removeAttribute("aria-describedby");
  };

  // -- asking about what is selected ---------------------------------------------------------

  const asking = make("div", { id: "asking", hidden: true });
  const selected = () => {
    const selection = getSelection();
    const inside = selection.rangeCount && chapter()?.contains(selection.getRangeAt(0).commonAncestorContainer);
    const text = inside ? selection.toString().replace(/\s+/g, " ").trim() : "";
    return text.length > 3 ? { text, range: selection.getRangeAt(0) } : null;
  };
  const offer = () => {
    const chosen = selected();
    asking.hidden = !chosen;
    if (!chosen) return;
    const from = chosen.range.startContainer;
    const run = (from.nodeType === 1 ? from : from.parentElement)?.closest("[data-passage]");
    const about = make("button", { type: "button", textContent: H.words.ask_about });
    Object.assign(about.dataset, { act: "about", quote: chosen.text });
    asking.replaceChildren(about);
    if (run) {
      const link = make("button", { type: "button", textContent: H.words.permalink });
      Object.assign(link.dataset, { act: "link", passageId: run.dataset.passage });
      asking.append(link);
    }
    besides(asking, [...chosen.range.getClientRects()].at(-1) ?? chosen.range.getBoundingClientRect());
  };
  asking.addEventListener("mousedown", (event) => event.preventDefault());
  H.acts.about = (button) => {
    const quote = [...button.dataset.quote];
    const short = quote.length > 160 ? `${quote.slice(0, 160).join("")}…` : quote.join("");
    asking.hidden = true;
    getSelection().removeAllRanges();
    H.prefill(H.fill(H.words.about, { quote: short }));
  };
  H.acts.link = async (button) => {
    const done = await H.copy(H.permalink(button.dataset.passageId));
    asking.hidden = true;
    H.tell(done ? H.words.link_copied : H.words.not_copied);
  };

  // -- finding a quote or a passage ----------------------------------------------------------

  H.lookUp = async (text, { focus = null } = {}) => {
    const panel = $("#bar .found");
    const found = await H.server.look_up({ text, language: H.language });
    if (!found) return void H.tell(H.words.offline);
    panel.innerHTML = found.html;
    panel.hidden = !found.html;
    const { place } = found;
    const there = place && found.kind !== "near";
    // What is not the quote must not look like it.
    if (!there) for (const article of $$("#text .chapter")) H.clear(article);
    if (there) await H.showRange(place.document, place.start, place.end);
    H.parameter("passage", there ? place.passage : null);
    const next = focus && $(`[data-act=step]:nth-of-type(${focus}):not([disabled])`, panel);
    (next || panel).focus({ preventScroll: true });
    offerBack(there ? panel : null, H.words.back_found);
    // On a phone there is room for one of the two: the text where it says just that, else what differs.
    const differs = !there || found.kind === "close";
    if (!H.wide() && differs) panel.scrollIntoView({ behavior: H.behavior(), block: "start" });
    if (differs) H.hideBack();
  };
  H.acts.step = (button) => H.lookUp(button.dataset.passageId, { focus: 1 + [...button.parentElement.children].indexOf(button) });
  H.acts["close-found"] = () => {
    $("#bar .found").hidden = true;
    $("#bar .lookup input").focus();
    H.parameter("passage", null);
  };
  H.acts.rendering = (button) => button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));

  // -- events --------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-show]");
    if (target) return void H.show(target);
    const note = event.target.closest("a.note");
    if (note) {
      event.preventDefault();
      const run = $(`[data-passage="${CSS.escape(note.getAttribute("href").slice(1))}"]`);
      return void run?.scrollIntoView({ behavior: H.behavior(), block: "center" });
    }
    if (event.target.closest("a.skip")) {
      event.preventDefault();
      if (!H.wide()) $("#reading").scrollIntoView({ behavior: H.behavior(), block: "start" });
      chapter()?.focus({ preventScroll: true });
    }
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".lookup")) return;
    event.preventDefault();
    const text = $("input", event.target).value.trim();
    if (text) H.lookUp(text);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("#bar select")) openDocument(event.target.value);
  });
  for (const [kind, act] of [["mouseover", showPreview], ["focusin", showPreview], ["mouseout", hidePreview], ["focusout", hidePreview]])
    document.addEventListener(kind, (event) => {
      const chip = event.target.closest?.(".chip");
      if (chip) act(chip);
    });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      hidePreview();
      asking.hidden = true;
    }
  });
  document.addEventListener("scroll", () => {
    hidePreview();
    asking.hidden = true;
    later();
  }, true);
  let choosing = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(choosing);
    choosing = setTimeout(offer, 200);
  });

  const start = () => document.body.append(preview, back, asking);
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
