import { answer, install } from "./api";
import { followClicks } from "./clicks";
import { optedOut, readOptions, site } from "./options";
import { followMoves, view } from "./pages";
import { safe } from "./safe";
import { followVisibility } from "./visibility";

safe(() => {
  if (!install()) return;
  readOptions();
  if (optedOut || !/^http/.test(location.protocol)) return;
  if (!site) {
    console.error("Footfall: nothing is counted; add data-site to the script tag.");
    return;
  }
  followVisibility(() => {
    view();
    answer();
    followClicks();
  });
  followMoves();
})();
