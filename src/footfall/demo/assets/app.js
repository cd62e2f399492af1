"use strict";

// What the docs give a site that may call before the tracker is there.
window.footfall =
  window.footfall ||
  function () {
    (footfall.q = footfall.q || []).push(arguments);
  };

const ROOT = "/demo/finder";

const STEPS = {
  [ROOT]: {
    title: "Plant finder",
    text: "Two questions, one plant. This part is a single-page app: it moves by the History API and never reloads.",
    choices: [["Start", "/light"]],
  },
  [`${ROOT}/light`]: {
    title: "Plant finder: light",
    text: "What shadow does your hand throw at noon?",
    choices: [["A sharp one", "/care"], ["A soft one", "/care"], ["Hardly any", "/care"]],
    back: "",
  },
  [`${ROOT}/care`]: {
    title: "Plant finder: care",
    text: "How often do you remember to water?",
    choices: [["Every day, sadly", "/match"], ["Now and then", "/match"], ["Water?", "/match"]],
    back: "/light",
  },
  [`${ROOT}/match`]: {
    title: "Plant finder: your match",
    text: "It is green, it is patient, and it likes you already.",
    choices: [],
    back: "",
  },
};

const element = (name, text, attributes = {}) => {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

const link = (text, target, quiet) =>
  element("a", text, { href: ROOT + target, class: quiet ? "" : "button", "data-move": "" });

function matches() {
  const saved = element("button", "Save my match", { class: "button quiet" });
  saved.addEventListener("click", () => {
    footfall("event", "match_saved");
    saved.textContent = "Saved";
    saved.disabled = true;
  });
  return [
    element("a", "The monstera", { href: "/demo/plants/monstera", class: "button" }),
    element("a", "The calathea", { href: "/demo/plants/calathea", class: "button" }),
    saved,
  ];
}

/** Show the step that the address names. */
function show(finder) {
  const step = STEPS[location.pathname] || STEPS[ROOT];
  document.title = `${step.title} · Fern & Clay`;
  const actions = element("p", "", { class: "actions" });
  actions.append(...(step.choices.map(([text, target]) => link(text, target))));
  if (!step.choices.length) actions.append(...matches());
  finder.replaceChildren(
    element("h1", step.title.replace("Plant finder: ", "").replace(/^./, (c) => c.toUpperCase())),
    element("p", step.text, { class: "lead" }),
    actions,
  );
  if ("back" in step) {
    const back = element("p", "", { class: "aside" });
    back.append(link(step.choices.length ? "One step back" : "Start again", step.back, true));
    finder.append(back);
  }
}

const finder = document.getElementById("finder");
if (finder) {
  show(finder);
  addEventListener("popstate", () => show(finder));
  finder.addEventListener("click", (event) => {
    const move = event.target.closest("[data-move]");
    if (!move || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.pushState(null, "", move.href);
    show(finder);
  });
}

const basket = document.getElementById("basket");
for (const button of document.querySelectorAll("[data-basket]")) {
  button.addEventListener("click", () => {
    basket.textContent = Number(basket.textContent) + 1;
    basket.classList.add("full");
  });
}

for (const button of document.querySelectorAll("[data-once]")) {
  button.addEventListener("click", () => {
    button.textContent = button.dataset.once;
    button.disabled = true;
  });
}

document.getElementById("letter")?.addEventListener("submit", () => {
  footfall("event", "signup", { list: "letter" });
});
