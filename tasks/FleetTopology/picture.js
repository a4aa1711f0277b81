
"use strict";
(() => {
  const edges = JSON.parse(document.getElementById("data").textContent).map(([from, to, weight, dashed]) => ({ from, to, weight, dashed }));
  const picture = document.querySelector(".picture");
  const svg = document.getElementById("edges");
  const search = document.getElementById("search");
  const found = document.getElementById("found");
  const shown = document.getElementById("shown");
  const empty = shown.cloneNode(true);
  const columns = [...document.querySelectorAll("section")].map(section => [...section.querySelectorAll(".node")]);
  const nodes = columns.flat();
  const byId = new Map(nodes.map(node => [node.id, node]));
  const text = new Map(nodes.map(node => [node.id, node.textContent.toLowerCase()]));
  let kept = null;

  const after = new Map(), before = new Map();
  for (const edge of edges) {
    (after.get(edge.from) ?? after.set(edge.from, []).get(edge.from)).push(edge.to);
    (before.get(edge.to) ?? before.set(edge.to, []).get(edge.to)).push(edge.from);
  }

  // What belongs to a node: everything that leads to it, and everything that it leads to.
  function near(id) {
    const all = new Set([id]);
    for (const ways of [after, before])
      for (let next = [id]; next.length > 0;)
        next = next.flatMap(one => ways.get(one) ?? []).filter(one => !all.has(one) && all.add(one));
    return all;
  }

  function choose() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const matches = nodes.filter(node => words.every(word => text.get(node.id).includes(word)));
    const visible = new Set();
    if (kept)
      near(kept).forEach(id => visible.add(id));
    else if (words.length === 0)
      nodes.forEach(node => visible.add(node.id));
    else
      matches.forEach(node => near(node.id).forEach(id => visible.add(id)));
    nodes.forEach(node => {
      node.hidden = !visible.has(node.id) && node.id !== "control";
      node.classList.toggle("kept", node.id === kept);
    });
    found.textContent = words.length === 0 || kept ? "" : `${matches.length} found`;
    place();
  }

  // A label stands beside its clusters, and a project beside its label, as far as there is room.
  function place() {
    nodes.forEach(node => { node.style.marginTop = ""; });
    for (const column of [columns[1], columns[0]]) {
      const height = picture.getBoundingClientRect().bottom - 24;
      const cards = column.filter(node => !node.hidden);
      let left = cards.reduce((sum, node) => sum + node.offsetHeight + 8, 0);
      for (const node of cards) {
        const box = node.getBoundingClientRect();
        left -= node.offsetHeight + 8;
        const to = (after.get(node.id) ?? []).map(id => byId.get(id)).filter(one => !one.hidden).map(middle);
        if (to.length === 0)
          continue;
        const wanted = Math.min(to.reduce((sum, y) => sum + y, 0) / to.length - box.height / 2, height - left - box.height);
        if (wanted > box.top + 1)
          node.style.marginTop = `${wanted - box.top}px`;
      }
    }
    draw();
  }

  function middle(element) {
    const box = element.getBoundingClientRect();
    return (box.top + box.bottom) / 2;
  }

  function draw() {
    const origin = svg.getBoundingClientRect();
    svg.replaceChildren(...edges.filter(edge => !byId.get(edge.from).hidden && !byId.get(edge.to).hidden).map(edge => {
      const start = byId.get(edge.from), end = byId.get(edge.to);
      const chip = end.querySelector(`[data-from="${edge.from}"]`);
      const x1 = start.getBoundingClientRect().right - origin.left, y1 = middle(start) - origin.top;
      const x2 = end.getBoundingClientRect().left - origin.left, y2 = middle(chip ?? end) - origin.top;
      const bend = (x2 - x1) / 2;
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`);
      path.setAttribute("stroke-width", String(1 + 2 * edge.weight));
      path.dataset.from = edge.from;
      path.dataset.to = edge.to;
      if (edge.dashed)
        path.classList.add("dashed");
      return path;
    }));
  }

  function look(node) {
    const all = node ? near(node.id) : new Set();
    picture.classList.toggle("looking", node !== null);
    nodes.forEach(one => one.classList.toggle("near", all.has(one.id)));
    for (const path of svg.children)
      path.classList.toggle("hot", all.has(path.dataset.from) && all.has(path.dataset.to));
    if (!node) {
      shown.replaceChildren(...empty.cloneNode(true).childNodes);
      return;
    }
    const title = node.querySelector("h3").cloneNode(true);
    const list = node.querySelector("dl").cloneNode(true);
    list.hidden = false;
    for (const chip of node.querySelectorAll(".chip")) {
      const term = document.createElement("dt"), value = document.createElement("dd");
      value.textContent = chip.lastElementChild.textContent;
      term.textContent = chip.firstChild.textContent.trim();
      list.append(term, value);
    }
    shown.replaceChildren(title, list);
  }

  function keep(id) {
    kept = kept === id ? null : id;
    choose();
    look(id ? byId.get(id) : null);
  }

  function move(node, key) {
    const at = columns.findIndex(column => column.includes(node));
    const cards = columns[at].filter(one => !one.hidden);
    if (key === "ArrowDown" || key === "ArrowUp")
      return cards[cards.indexOf(node) + (key === "ArrowDown" ? 1 : -1)];
    const beside = (columns[at + (key === "ArrowRight" ? 1 : -1)] ?? []).filter(one => !one.hidden);
    const linked = new Set((key === "ArrowRight" ? after : before).get(node.id) ?? []);
    return beside.find(one => linked.has(one.id)) ?? beside[0];
  }

  for (const node of nodes) {
    node.addEventListener("pointerenter", () => look(node));
    node.addEventListener("pointerleave", () => look(nodes.includes(document.activeElement) ? document.activeElement : null));
    node.addEventListener("focus", () => look(node));
    node.addEventListener("blur", () => look(null));
    node.addEventListener("click", () => keep(node.id));
  }
  search.addEventListener("input", () => { kept = null; choose(); });
  addEventListener("resize", place);
  addEventListener("keydown", event => {
    const node = event.target.closest?.(".node");
    if (event.key === "/" && event.target !== search && !event.ctrlKey && !event.metaKey && !event.altKey) {
      search.focus();
      search.select();
    } else if (event.key === "Escape") {
      search.value = "";
      kept = null;
      if (event.target === search)
        search.blur();
      choose();
      look(node ?? null);
    } else if (event.key === "Enter" && event.target === search) {
      nodes.find(one => !one.hidden && search.value.toLowerCase().split(/\s+/).every(word => text.get(one.id).includes(word)))?.focus();
    } else if (event.key === "Enter" && node) {
      keep(node.id);
    } else if (node && event.key.startsWith("Arrow")) {
      move(node, event.key)?.focus();
    } else {
      return;
    }
    event.preventDefault();
  });
  choose();
})();
