// What the parts of the page share: finding elements, words, telling, copying, and the way to the
// server. page_text.js is the text at the right, page_talk.js the conversation at the left.
// Nothing here asks anything of any other machine.
(() => {
  const H = (window.hakusho = { words: {}, language: "ja", server: null });
  const $ = (H.$ = (selector, root = document) => root.querySelector(selector));
  const $$ = (H.$$ = (selector, root = document) => [...root.querySelectorAll(selector)]);
  H.wide = () => matchMedia("(min-width: 861px)").matches;
  H.behavior = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");
  H.make = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  H.parse = (html) => Object.assign(document.createElement("template"), { innerHTML: html }).content;
  H.fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

  // The browser may refuse to keep things; the page then works without.
  H.keep = (name, value) => {
    try {
      if (value === null) localStorage.removeItem(`hakusho.${name}`);
      else localStorage.setItem(`hakusho.${name}`, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  };
  H.kept = (name) => {
    try {
      return JSON.parse(localStorage.getItem(`hakusho.${name}`));
    } catch {
      return null;
    }
  };

  const status = H.make("div", { id: "told", className: "hidden" });
  status.setAttribute("role", "status");
  const toast = H.make("div", { id: "toast", hidden: true });
  let telling = 0;
  // Tells the user; `seen` also shows it for a moment.
  H.tell = (text, { seen = true } = {}) => {
    clearTimeout(telling);
    status.textContent = "";
    setTimeout(() => (status.textContent = text), 50);
    if (!seen) return;
    toast.textContent = text;
    toast.hidden = false;
    telling = setTimeout(() => (toast.hidden = true), 3000);
  };

  H.copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Without https only the old way is left.
      const box = H.make("textarea", { value: text, className: "hidden" });
      document.body.append(box);
      const before = document.activeElement;
      box.select();
      const done = document.execCommand("copy");
      box.remove();
      before?.focus?.({ preventScroll: true });
      return done;
    }
  };
  H.permalink = (passage) => {
    const address = new URL(location.pathname, location.origin);
    address.searchParams.set("passage", passage);
    return address.href;
  };
  H.address = () => new URL(location.pathname, location.origin).href;
  H.parameter = (name, value) => {
    const address = new URL(location);
    if (value === null) address.searchParams.delete(name);
    else address.searchParams.set(name, value);
    history.replaceState(null, "", address);
  };

  // -- buttons, by what they do --------------------------------------------------------------

  H.acts = {};
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-act]");
    for (const menu of $$("details.menu[open]"))
      if (!menu.contains(event.target) || button) menu.open = false;
    if (button && !button.disabled) H.acts[button.dataset.act]?.(button, event);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of $$("details.menu[open]")) {
      menu.open = false;
      $("summary", menu).focus();
    }
  });

  const dark = (on) => {
    document.body.classList.toggle("dark", on);
    document.documentElement.style.colorScheme = on ? "dark" : "light";
  };
  H.acts.theme = () => {
    dark(!document.body.classList.contains("dark"));
    H.keep("theme", document.body.classList.contains("dark") ? "dark" : "light");
  };
  // Whether answers are quotes alone; kept for the next visit.
  const modelShown = () => $("#masthead [data-act=model]")?.setAttribute("aria-pressed", String(!H.kept("quotes")));
  H.acts.model = () => {
    H.keep("quotes", H.kept("quotes") ? null : true);
    modelShown();
    H.tell(H.words[H.kept("quotes") ? "model_off" : "model_on"]);
  };
  H.acts.language = (button) => {
    H.keep("language", button.dataset.language);
    H.parameter("lang", button.dataset.language);
    H.open();
  };

  // -- the server ----------------------------------------------------------------------------

  // The framework puts the parts of the page in place in no certain order.
  const PARTS = ["#masthead [data-mount]", "#bar [data-mount]", "#conversation .turns", "#box", "#text"];
  const whole = () =>
    new Promise((done) => {
      const look = () => PARTS.every((part) => $(part)) && (watcher.disconnect(), done());
      const watcher = new MutationObserver(look);
      watcher.observe(document.body, { childList: true, subtree: true });
      look();
    });

  // Called by the framework once its element is there: `server` has a function for each method of
  // rag/page.py, `ask` starts an answer, `watch` tells of what comes.
  H.connect = async (server, ask, watch) => {
    await whole();
    H.server = Object.fromEntries(Object.entries(server).map(([name, call]) => [name.replace(/^do_/, ""), call]));
    H.send = ask;
    watch((value) => value && H.receive(value));
    const theme = H.kept("theme");
    dark(theme ? theme === "dark" : document.body.classList.contains("dark"));
    H.open();
  };
  // Fills the page in the user's language; asked again after a switch.
  H.open = async () => {
    const asked = new URLSearchParams(location.search).get("lang") || H.kept("language") || "";
    const opened = await H.server.open({ asked, accept: navigator.languages.join(","), turns: H.conversation() });
    if (!opened) return void setTimeout(H.open, 1500);
    H.words = opened.words;
    H.language = document.documentElement.lang = opened.language;
    $("#masthead [data-mount]").innerHTML = opened.masthead;
    modelShown();
    $("#bar [data-mount]").innerHTML = opened.bar;
    H.openText();
    H.openTalk(opened);
  };

  const start = () => document.body.append(status, toast);
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
