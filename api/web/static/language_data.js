// What the server says of the language: its words by kind, and the closed choices of its tree.

import { byId } from "./dom.js";

export const { words: languageWords, choices } = JSON.parse(byId("language").textContent);
