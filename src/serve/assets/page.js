// What makes the page quicker to use: suggestions while typing, keys, brushing over the time line.
// Everything can be done without it.
"use strict";
(() => {
  const box = document.getElementById("q");
  const list = document.getElementById("suggestions");
  const isTyping = (element) => element && /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

  // --- Suggestions
  if (box && list) {
    const kinds = list.dataset.kinds.split("|");
    const names = { place: kinds[0], programme: kinds[1], word: kinds[2], title: kinds[3] };
    const numbers = new Intl.NumberFormat(document.documentElement.lang);
    let at = -1;
    let typed = box.value;
    let timer = 0;
    let asked = null;

    const close = () => {
      list.hidden = true;
      at = -1;
      box.setAttribute("aria-expanded", "false");
      box.removeAttribute("aria-activedescendant");
    };
    const choose = (number) => {
      const entries = [...list.children];
      entries.forEach((entry, n) => entry.setAttribute("aria-selected", String(n === number)));
      at = number;
      if (number < 0) {
        box.value = typed;
        box.removeAttribute("aria-activedescendant");
      } else {
        box.value = entries[number].dataset.text;
        box.setAttribute("aria-activedescendant", entries[number].id);
        entries[number].scrollIntoView({ block: "nearest" });
      }
    };
    const show = (suggestions) => {
      list.replaceChildren(...suggestions.map((suggestion, number) => {
        const entry = document.createElement("li");
        entry.id = `suggestion-${number}`;
        entry.setAttribute("role", "option");
        entry.setAttribute("aria-selected", "false");
        entry.dataset.text = suggestion.text;
        const text = document.createElement("span");
        text.lang = "zh-CN";
        text.textContent = suggestion.text;
        const note = document.createElement("small");
        const count = suggestion.kind === "title" ? "" : ` ${numbers.format(suggestion.count)}`;
        note.textContent = (names[suggestion.kind] || "") + count;
        entry.append(text, note);
        return entry;
      }));
      at = -1;
      list.hidden = suggestions.length === 0;
      box.setAttribute("aria-expanded", String(suggestions.length > 0));
      box.removeAttribute("aria-activedescendant");
    };
    const ask = async () => {
      if (asked) asked.abort();
      asked = new AbortController();
      const query = box.value;
      if (!query.trim()) return close();
      try {
        const answer = await fetch(`/api/suggest?q=${encodeURIComponent(query)}`, { signal: asked.signal });
        if (!answer.ok) return;
        const { suggestions } = await answer.json();
        if (box.value === query && document.activeElement === box) show(suggestions);
      } catch { /* The next letter asks again. */ }
    };
    box.addEventListener("input", (event) => {
      typed = box.value;
      // While an input method composes, what stands there is not typed yet.
      if (event.isComposing) return;
      clearTimeout(timer);
      timer = setTimeout(ask, 120);
    });
    box.addEventListener("compositionend", () => { typed = box.value; clearTimeout(timer); timer = setTimeout(ask, 60); });
    box.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const open = !list.hidden;
      const last = list.children.length - 1;
      if (event.key === "ArrowDown" && open) { event.preventDefault(); choose(at >= last ? -1 : at + 1); }
      else if (event.key === "ArrowUp" && open) { event.preventDefault(); choose(at < 0 ? last : at - 1); }
      else if (event.key === "ArrowDown") { event.preventDefault(); walk(1); }
      else if (event.key === "Escape" && open) { event.preventDefault(); choose(-1); close(); }
      else if (event.key === "Enter") close();
    });
    list.addEventListener("pointerdown", (event) => {
      const entry = event.target.closest("li");
      if (!entry) return;
      event.preventDefault();
      box.value = entry.dataset.text;
      close();
      box.form.requestSubmit();
    });
    box.addEventListener("blur", () => setTimeout(close, 100));
  }

  // --- Keys: / to type, arrows to walk the results
  function walk(step) {
    const links = [...document.querySelectorAll(".hit h2 a")];
    if (!links.length) return false;
    const now = links.findIndex((link) => link.closest(".hit").contains(document.activeElement));
    const next = now < 0 ? (step > 0 ? 0 : links.length - 1) : now + step;
    if (next < 0 && box) { box.focus(); return true; }
    const link = links[Math.min(next, links.length - 1)];
    link.focus({ preventScroll: true });
    link.closest(".hit").scrollIntoView({ block: "center" });
    return true;
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isTyping(document.activeElement)) {
      if (event.key === "Escape") document.activeElement.blur();
      return;
    }
    if (event.key === "/" && box) { event.preventDefault(); box.focus(); box.select(); }
    else if ((event.key === "ArrowDown" || event.key === "j") && walk(1)) event.preventDefault();
    else if ((event.key === "ArrowUp" || event.key === "k") && walk(-1)) event.preventDefault();
  });

  // --- The time line: drag over months to narrow to them
  for (const figure of document.querySelectorAll("figure[data-brush]")) {
    const svg = figure.querySelector("svg");
    const bars = [...svg.querySelectorAll(".reach")].map((hit) => ({
      hit,
      when: hit.parentNode.querySelector("title").textContent.split("：")[0],
      left: Number(hit.getAttribute("x")),
      right: Number(hit.getAttribute("x")) + Number(hit.getAttribute("width")),
    }));
    if (bars.length < 2) continue;
    const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    paper.setAttribute("class", "brushed");
    paper.setAttribute("y", bars[0].hit.getAttribute("y"));
    paper.setAttribute("height", bars[0].hit.getAttribute("height"));
    const under = (event) => {
      const frame = svg.getBoundingClientRect();
      const x = ((event.clientX - frame.left) / frame.width) * svg.viewBox.baseVal.width;
      const found = bars.findIndex((bar) => x < bar.right);
      return found < 0 ? bars.length - 1 : found;
    };
    let from = -1;
    let to = -1;
    const draw = () => {
      const [first, last] = [bars[Math.min(from, to)], bars[Math.max(from, to)]];
      paper.setAttribute("x", first.left);
      paper.setAttribute("width", last.right - first.left);
      if (!paper.parentNode) svg.append(paper);
    };
    svg.addEventListener("dragstart", (event) => event.preventDefault());
    svg.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = to = under(event);
    });
    window.addEventListener("pointermove", (event) => {
      if (from < 0) return;
      const now = under(event);
      if (now !== from || to !== from) { to = now; draw(); }
    });
    window.addEventListener("pointercancel", () => { from = -1; paper.remove(); });
    window.addEventListener("pointerup", () => {
      if (from < 0) return;
      const [first, last] = [bars[Math.min(from, to)], bars[Math.max(from, to)]];
      const dragged = to !== from;
      from = -1;
      if (!dragged) return;
      const target = new URL(figure.dataset.brush, location.href);
      target.searchParams.set("since", first.when);
      target.searchParams.set("until", last.when);
      // The click on a bar that ends the drag must not lead elsewhere.
      window.addEventListener("click", (click) => click.preventDefault(), { capture: true, once: true });
      location.assign(target);
    });
  }
})();
