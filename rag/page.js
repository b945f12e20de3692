// What the page does in the browser: shows a citation in the text, previews it, keeps the
// outline, the language and the scrolling. It asks nothing of any other machine.
(() => {
  if (window.hakusho) return;
  window.hakusho = true;
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const wide = () => matchMedia("(min-width: 861px)").matches;
  const behavior = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");
  const word = (name) => $("#masthead .masthead")?.dataset[name] ?? "";

  // -- highlighting ------------------------------------------------------------------------

  const clear = (article) => {
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

  const highlight = (article, start, end) => {
    clear(article);
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

  // -- the text ------------------------------------------------------------------------------

  const openDocument = async (id) => {
    const shown = $("#text .chapter");
    if (shown?.dataset.document === id) return shown;
    const box = $$("#text, #text *").find((element) => element.fetchDocument);
    const html = await box?.fetchDocument(id);
    if (!html) return null;
    box.innerHTML = html;
    for (const choice of $$("#bar select")) choice.value = id;
    $("#text").scrollTop = 0;
    outline();
    return $("#text .chapter");
  };

  const outline = () => {
    const nav = $("#bar .outline");
    if (!nav) return;
    nav.lang = $("#text .chapter")?.lang ?? "";
    const links = $$("#text [data-outline]").map((heading) => {
      const link = document.createElement("button");
      link.type = "button";
      link.textContent = heading.textContent;
      link.onclick = () => {
        heading.scrollIntoView({ behavior: behavior(), block: "start" });
        heading.focus({ preventScroll: true });
      };
      return link;
    });
    nav.replaceChildren(...links);
  };

  let origin = null;
  const show = async (button, { jump = true } = {}) => {
    hidePreview();
    const { document: id, start, end } = button.dataset;
    const article = await openDocument(id);
    const marks = article ? highlight(article, Number(start), Number(end)) : [];
    if (!marks.length) return;
    for (const other of $$("[data-show][aria-current]")) other.removeAttribute("aria-current");
    button.setAttribute("aria-current", "true");
    origin = button;
    marks[0].scrollIntoView({ behavior: jump ? behavior() : "auto", block: "center" });
    if (!jump) return;
    status.textContent = "";
    setTimeout(() => (status.textContent = word("shown")), 50);
    if (!wide()) {
      back.textContent = `↑ ${word("back")}`;
      back.hidden = false;
    }
  };

  // -- preview of a quote --------------------------------------------------------------------

  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const status = make("div", { className: "hidden-status" });
  status.setAttribute("role", "status");
  const preview = make("div", { id: "quote-preview", hidden: true });
  preview.setAttribute("role", "tooltip");
  const back = make("button", { id: "back", type: "button", hidden: true });
  back.onclick = () => {
    back.hidden = true;
    origin?.scrollIntoView({ behavior: behavior(), block: "center" });
    origin?.focus({ preventScroll: true });
  };

  const showPreview = (chip) => {
    const place = make("small", { textContent: chip.dataset.place });
    preview.replaceChildren(make("p", { textContent: chip.dataset.quote }), place);
    preview.lang = chip.dataset.lang;
    preview.hidden = false;
    chip.setAttribute("aria-describedby", "quote-preview");
    const at = chip.getBoundingClientRect();
    const left = Math.min(at.left, innerWidth - preview.offsetWidth - 12);
    const below = at.bottom + 8 + preview.offsetHeight < innerHeight;
    preview.style.left = `${Math.max(12, left)}px`;
    preview.style.top = `${Math.max(8, below ? at.bottom + 8 : at.top - 8 - preview.offsetHeight)}px`;
  };
  const hidePreview = () => {
    preview.hidden = true;
    for (const chip of $$("[aria-describedby=quote-preview]")) chip.removeAttribute("aria-describedby");
  };

  // -- events --------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const at = event.target;
    const target = at.closest("[data-show]");
    if (target) return void show(target);
    const note = at.closest("a.note");
    if (note) {
      event.preventDefault();
      const run = $(`[data-passage="${CSS.escape(note.getAttribute("href").slice(1))}"]`);
      return void run?.scrollIntoView({ behavior: behavior(), block: "center" });
    }
    const toggle = at.closest("[data-toggle=rendering]");
    if (toggle) toggle.setAttribute("aria-pressed", String(toggle.getAttribute("aria-pressed") !== "true"));
    const language = at.closest("[data-event=select]")?.dataset.language;
    if (language) {
      const address = new URL(location);
      address.searchParams.set("lang", language);
      history.replaceState(null, "", address);
    }
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
    if (event.key === "Escape") hidePreview();
    // Enter that ends a kana conversion chooses a word; it does not send.
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.stopImmediatePropagation();
  }, true);
  document.addEventListener("scroll", hidePreview, true);

  // -- following what the server sends -------------------------------------------------------

  let seen = "";
  const follow = () => {
    const head = $("#masthead .masthead");
    if (head && document.documentElement.lang !== head.lang) document.documentElement.lang = head.lang;
    if ($("#bar .outline:empty") && $("#text [data-outline]")) outline();
    const turns = $$("#conversation .turn");
    const last = turns.at(-1);
    const now = `${turns.length} ${last?.className ?? ""}`;
    if (now === seen) return;
    seen = now;
    back.hidden = true;
    if (!last) return;
    last.scrollIntoView({ behavior: behavior(), block: "start" });
    // What an earlier answer cited must not look like the source of this one.
    for (const article of $$("#text .chapter")) clear(article);
    const first = $(".chip", last);
    if (first && wide()) show(first, { jump: false });
  };
  const start = () => {
    document.body.append(status, preview, back);
    new MutationObserver(follow).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "lang"] });
    follow();
  };
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
