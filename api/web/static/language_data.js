// What the server says of the language: its words by kind, the closed choices of its tree, and the fields conditions test.

import { byId } from "./dom.js";

export const { words: languageWords, choices, fields } = JSON.parse(byId("language").textContent);
