// Shows the fields of the chosen Template that apply. What is hidden is disabled too: a browser neither checks nor sends it.
"use strict";

{
  const form = document.currentScript.parentElement;

  const textIn = (field) => {
    let text = "";
    for (const control of field.querySelectorAll("[name]")) {
      if ((control.type === "radio" || control.type === "checkbox") && !control.checked) continue;
      text = control.value;
      if (control.name.endsWith(":json")) text = text && JSON.parse(text);
    }
    return text;
  };

  const sections = Array.from(form.querySelectorAll("[data-template]"), (section) => {
    const fields = Array.from(section.querySelectorAll("[data-variable]"));
    const named = new Map(fields.map((field) => [field.dataset.variable, field]));
    const conditional = fields
      .filter((field) => "shown" in field.dataset)
      .map((field) => ({
        field,
        sources: JSON.parse(field.dataset.names).map((name) => named.get(name)),
        shown: new Set(JSON.parse(field.dataset.shown).map((texts) => JSON.stringify(texts))),
      }));
    return { section, conditional };
  });

  const update = () => {
    const chosen = form.querySelector("input[name=template]:checked, input[name=template][type=hidden]");
    for (const { section, conditional } of sections) {
      section.hidden = section.disabled = section.dataset.template !== chosen?.value;
      for (const { field, sources, shown } of conditional) {
        const texts = sources.map((source) => (source ? textIn(source) : ""));
        field.hidden = !shown.has(JSON.stringify(texts));
        for (const control of field.querySelectorAll("[name]")) control.disabled = field.hidden;
      }
    }
  };

  form.addEventListener("change", update);
  // Browsers put back what was chosen before when somebody comes back to a page.
  window.addEventListener("pageshow", update);
  update();
}
