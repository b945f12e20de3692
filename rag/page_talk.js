// The conversation at the left. It lives here, in the browser: the server answers and forgets.
(() => {
  const H = window.hakusho;
  const { $, $$, make } = H;
  const MOST = 60;
  // Each {id, turn, state}; `turn` is the server's JSON of it, which is kept and sent back.
  let turns = [];
  let loaded = false;
  let ready = false;
  let run = null;
  // Whether the page may scroll to the answer: not once the user has scrolled meanwhile.
  let leading = false;
  const waiting = [];
  const log = () => $("#conversation .turns");
  const box = () => $("#box");
  const find = (id) => turns.find((t) => t.id === id);
  const article = (id) => $(`#conversation [data-turn="${CSS.escape(id)}"]`);
  const turnOf = (element) => find(element.closest("[data-turn]")?.dataset.turn);
  const newId = () => [...crypto.getRandomValues(new Uint8Array(9))].map((b) => b.toString(36).padStart(2, "0")).join("");

  // -- keeping it ----------------------------------------------------------------------------

  const save = () => {
    const done = turns.map(({ id, turn, state }) => (state === "pending" ? { ...turn, id, stopped: true } : turn));
    // What does not fit is forgotten, oldest first.
    for (let from = Math.max(0, done.length - MOST); from <= done.length; from += 5)
      if (H.keep("turns", done.slice(from))) return;
  };
  H.conversation = () => {
    if (loaded) return turns.filter((t) => t.state !== "pending").map((t) => t.turn);
    const kept = H.kept("turns");
    return Array.isArray(kept) ? kept : [];
  };
  H.cited = () =>
    turns.map(({ id, turn }, i) => ({
      id,
      number: i + 1,
      passages: new Set((turn.answer?.statements ?? []).flatMap((s) => s.citations.map((c) => c.passage))),
    }));
  const history = (before) =>
    turns.slice(0, before).filter((t) => t.turn.answer).map((t) => t.turn.asked || t.turn.question);

  // -- filling the page ----------------------------------------------------------------------

  H.openTalk = (opened) => {
    // What is being answered stays as it is, where it is; before the first opening, at the end.
    const shown = new Map(opened.turns.map((t) => [t.id, t]));
    const now = loaded ? turns.map((t) => shown.get(t.id) ?? t) : [...shown.values(), ...turns];
    const nodes = now.map((t) => (shown.has(t.id) ? H.parse(t.html).firstElementChild : article(t.id)));
    turns = now;
    loaded = true;
    log().replaceChildren(...nodes);
    log().setAttribute("aria-label", H.words.conversation);
    $("#conversation .welcome").innerHTML = opened.empty;
    box().placeholder = H.words.placeholder;
    $(".composer label").textContent = H.words.question;
    $("#send").textContent = H.words.send;
    $("#stop").textContent = H.words.stop;
    arrange();
    suggest();
    H.server.examples({ language: H.language }).then((html) => {
      const place = $("#conversation .tried");
      if (html !== undefined && place && H.language === opened.language) place.innerHTML = html;
    });
    if (ready) return;
    ready = true;
    if (!box().value && H.kept("draft")) {
      box().value = H.kept("draft");
      grow();
    }
    const passage = new URLSearchParams(location.search).get("passage");
    if (passage) H.lookUp(passage);
    else if (matchMedia("(pointer: fine)").matches && document.activeElement === document.body) box().focus();
    // What was sent before the page was ready is sent now.
    for (const { id, turn } of waiting.splice(0)) launch(id, turn);
  };
  const arrange = () => {
    const some = turns.length > 0;
    $("#conversation .welcome").hidden = some;
    for (const tool of $$("#masthead [data-act=new], #masthead .exporting")) tool.hidden = !some;
    $("#send").hidden = Boolean(run);
    $("#stop").hidden = !run;
    $("#conversation").classList.toggle("busy", Boolean(run));
    H.markCited();
  };

  // -- asking --------------------------------------------------------------------------------

  const begin = (question, { id = newId(), asked = "" } = {}) => {
    const known = find(id);
    const turn = { id, question, asked };
    if (known) Object.assign(known, { turn, state: "pending" });
    else turns.push({ id, turn, state: "pending" });
    const heading = make("h2", { className: "question" }, make("bdi", { textContent: question }));
    const reply = make("div", { className: "reply" }, make("p", { className: "searching", textContent: H.words.searching ?? "…" }));
    const made = make("article", { className: "turn pending" }, heading, reply);
    made.dataset.turn = id;
    made.setAttribute("aria-busy", "true");
    for (const next of $$("#conversation .next")) next.remove();
    const old = article(id);
    if (old) old.replaceWith(made);
    else log().append(made);
    run = newId();
    H.hideBack();
    arrange();
    leading = true;
    made.scrollIntoView({ behavior: H.behavior(), block: "start" });
    if (ready) launch(id, turn);
    else waiting.push({ id, turn });
  };
  const launch = (id, turn) => {
    const at = turns.findIndex((t) => t.id === id);
    H.send({ id, run, question: turn.question, asked: turn.asked, history: history(at), language: H.language, quotes: Boolean(H.kept("quotes")) });
    watchOver(run, id);
  };
  // An answer that the server neither gives nor works at is lost: say so, rather than wait forever.
  const watchOver = (mine, id, missed = 0) =>
    setTimeout(async () => {
      if (run !== mine) return;
      const alive = await H.server.is_running(mine);
      if (run !== mine) return;
      // No word at all weighs more than "not yet": a busy server lets questions wait.
      const now = alive ? 0 : missed + (alive === undefined ? 5 : 1);
      if (now >= 10) return void fail(id);
      watchOver(mine, id, now);
    }, 4000);
  const fail = (id) => {
    const turn = { ...find(id).turn, error: H.words.offline };
    const reply = $(".reply", article(id));
    reply.replaceChildren(make("p", { className: "verdict", textContent: H.words.error }), make("p", { textContent: H.words.offline }));
    finish(id, turn, "error");
    article(id).className = "turn error";
    const again = make("button", { type: "button", className: "tool", textContent: H.words.again });
    again.dataset.act = "again";
    article(id).append(make("div", { className: "actions" }, again));
  };
  const finish = (id, turn, state) => {
    Object.assign(find(id), { turn, state });
    run = null;
    article(id).removeAttribute("aria-busy");
    save();
    arrange();
  };

  // What the server has so far of the answer that is awaited.
  H.receive = (value) => {
    const known = find(value.id);
    if (value.run !== run || !known) return;
    const made = H.parse(value.html).firstElementChild;
    article(value.id).replaceWith(made);
    if (!value.done) {
      known.turn = value.turn;
      return void made.setAttribute("aria-busy", "true");
    }
    finish(value.id, value.turn, value.state);
    if (leading) made.scrollIntoView({ behavior: H.behavior(), block: "start" });
    suggest();
    // What an earlier answer cited must not look like the source of this one.
    for (const text of $$("#text .chapter")) H.clear(text);
    const first = $(".chip", made);
    if (first && H.wide()) H.show(first, { jump: false });
  };
  const suggest = async () => {
    for (const old of $$("#conversation .next")) old.remove();
    const last = turns.at(-1);
    if (!last?.turn.answer || run) return;
    const html = await H.server.suggest({ turn: last.turn, asked: turns.map((t) => t.turn.question), language: H.language });
    if (!html || turns.at(-1) !== last || run || $(".next", article(last.id))) return;
    article(last.id).append(make("section", { className: "next", innerHTML: html }));
  };

  const ask = (question) => {
    const asked = question.trim();
    if (!asked || run) return false;
    begin(asked);
    return true;
  };
  H.prefill = (text) => {
    box().value = text;
    grow();
    box().focus();
    box().setSelectionRange(text.length, text.length);
    if (!H.wide()) box().scrollIntoView({ block: "center" });
  };
  // Grows with what is written, which outlives a reload.
  const grow = () => {
    H.keep("draft", box().value || null);
    box().style.height = "auto";
    box().style.height = `${Math.min(box().scrollHeight + 2, 200)}px`;
  };

  // -- what the buttons do -------------------------------------------------------------------

  const acts = {
    ask: (button) => ask(button.dataset.question),
    stop: () => {
      const pending = turns.find((t) => t.state === "pending");
      const mine = run;
      waiting.length = 0;
      H.server?.stop(mine);
      // Where the server is silent, the page stops by itself.
      setTimeout(() => {
        if (run !== mine || !pending) return;
        $(".searching", article(pending.id))?.replaceWith(make("p", { className: "note", textContent: H.words.stopped }));
        finish(pending.id, { ...pending.turn, stopped: true }, "stopped");
      }, 1500);
      box().focus();
    },
    again: (button) => {
      const known = turnOf(button);
      if (!run) begin(known.turn.question, { id: known.id, asked: known.turn.asked });
    },
    edit: (button) => edit(turnOf(button), "edit"),
    reword: (button) => edit(turnOf(button), "reword"),
    cancel: (button) => {
      const form = button.closest("form");
      form.before.hidden = false;
      form.before.focus?.();
      form.remove();
    },
    new: () => {
      if (run) acts.stop();
      run = null;
      turns = [];
      log().replaceChildren();
      H.keep("turns", null);
      for (const text of $$("#text .chapter")) H.clear(text);
      arrange();
      box().focus();
    },
    copy: async (button) => {
      const text = await H.server.copy({ turn: turnOf(button).turn, form: button.dataset.form, address: H.address() });
      H.tell(text && (await H.copy(text)) ? H.words.copied : H.words.not_copied);
    },
    export: async (button) => {
      const form = button.dataset.form;
      const file = await H.server.export({ turns: H.conversation(), form, address: H.address(), language: H.language });
      if (!file) return void H.tell(H.words.offline);
      const address = URL.createObjectURL(new Blob([file.text], { type: `${file.type};charset=utf-8` }));
      make("a", { href: address, download: file.name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 10_000);
      H.tell(H.words.exported);
    },
    vote: (button) => vote(button),
  };
  Object.assign(H.acts, acts);

  // A form in place of the question, or of how it was understood.
  const edit = (known, kind) => {
    if (run || !known) return;
    const held = article(known.id);
    $(".editing", held)?.remove();
    const before = $(kind === "edit" ? ".question" : ".understood", held);
    const field = make("textarea", { value: kind === "edit" ? known.turn.question : $(".standalone", held).textContent, rows: 2 });
    field.setAttribute("aria-label", kind === "edit" ? H.words.edit : H.words.reword);
    const save = make("button", { type: "submit", className: "primary", textContent: H.words.save });
    const cancel = make("button", { type: "button", className: "quiet", textContent: H.words.cancel });
    cancel.dataset.act = "cancel";
    const form = make("form", { className: "editing" }, field, make("div", { className: "row" }, save, cancel));
    if (kind === "edit" && turns.at(-1) !== known) form.append(make("p", { className: "tip", textContent: H.words.edit_note }));
    form.before = before;
    form.onsubmit = (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (!text || run) return;
      if (kind === "reword") return void begin(known.turn.question, { id: known.id, asked: text });
      for (const later of turns.splice(turns.indexOf(known) + 1)) article(later.id)?.remove();
      begin(text, { id: known.id });
    };
    before.hidden = true;
    before.after(form);
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  };

  const vote = async (button) => {
    const known = turnOf(button);
    const held = article(known.id);
    const { verdict } = button.dataset;
    const send = (reason) =>
      H.server.vote({ turn: known.turn, verdict, reason, before: turns.slice(0, turns.indexOf(known)).map((t) => t.turn) });
    if (!(await send(""))) return void H.tell(H.words.offline);
    for (const other of $$("[data-act=vote]", held)) other.setAttribute("aria-pressed", String(other === button));
    H.tell(H.words.thanks);
    $(".reason", held)?.remove();
    const field = make("input", { maxLength: 2000, placeholder: H.words.reason });
    field.setAttribute("aria-label", H.words.reason);
    const form = make("form", { className: "reason" }, field, make("button", { type: "submit", className: "quiet", textContent: H.words.reason_send }));
    form.onsubmit = async (event) => {
      event.preventDefault();
      if (field.value.trim() && (await send(field.value))) H.tell(H.words.thanks);
      form.remove();
    };
    $(".actions", held).after(form);
    if (verdict === "down") field.focus();
  };

  // -- events --------------------------------------------------------------------------------

  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".composer")) return;
    event.preventDefault();
    if (!ask(box().value)) return;
    box().value = "";
    grow();
  });
  document.addEventListener("input", (event) => {
    if (event.target === box()) grow();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || !event.target.matches("#box, .editing textarea")) return;
    // Enter that ends a kana conversion chooses a word; it does not send.
    if (event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });
  addEventListener("pagehide", () => loaded && run && save());
  for (const kind of ["wheel", "touchmove"]) document.addEventListener(kind, () => (leading = false), { passive: true });
  // Text copied out of an answer takes its citations along.
  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    const around = range.commonAncestorContainer;
    const reply = (around.nodeType === 1 ? around : around.parentElement)?.closest(".reply, .turns");
    const picked = range.cloneContents();
    const chips = $$(".chip", picked);
    if (!reply || !chips.length) return;
    for (const hidden of $$(".actions, .how, .next, .sources, summary", picked)) hidden.remove();
    for (const block of $$("p, blockquote, h2, h3, li", picked)) block.append("\n");
    const places = new Map(chips.map((chip) => [chip.textContent, `${chip.textContent} ${chip.dataset.place} 「${chip.dataset.quote}」`]));
    event.clipboardData.setData("text/plain", `${picked.textContent.trim()}\n\n${[...places.values()].join("\n")}\n`);
    event.preventDefault();
  });
})();
