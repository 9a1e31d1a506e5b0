// News for who hears the page, told once each. A region that is read out gets its text only where that changes.

import { byId, make } from "./dom.js";

/** Tell of something that happened elsewhere on the page: the same words again are news again. */
export function tell(words) {
  byId("heard").replaceChildren(make("span", {}, words));
}

/** What a region says; where it says so already nothing is read out again. */
export function sayIn(place, words) {
  if (place.textContent !== words) place.textContent = words;
}
