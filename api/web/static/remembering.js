// Fields that this tab keeps as they are filled in, so that a reload and going back lose nothing.

const keyOf = (field) => `kohort-field-${field.type === "radio" ? field.name : field.id}`;

/** Fill the fields that `selector` finds with what was kept of them, and keep them from now on. */
export function keepFields(selector) {
  for (const field of document.querySelectorAll(selector)) {
    const kept = sessionStorage.getItem(keyOf(field));
    if (kept !== null) fill(field, kept);
    field.addEventListener("input", () => keep(field));
  }
}

function fill(field, kept) {
  if (field.type === "radio") field.checked = field.value === kept;
  else field.value = kept;
}

/** A tab has room for some megabytes; a text that is longer than that is not kept, nor one of before it. */
function keep(field) {
  try {
    sessionStorage.setItem(keyOf(field), field.value);
  } catch {
    sessionStorage.removeItem(keyOf(field));
  }
}
