// The menu of a bqplot chart: it finds the chart beside itself.
import { chartPicture, paintSvg } from "./chart_picture.js";
import { buildMenu } from "../shared/picture_menu.js";
import { revive } from "../shared/page/revive.js";
import { _, useWords } from "../shared/words.js";

function renderChartMenu({ model, el }) {
  useWords(model);
  el.classList.add("lw-chart-menu");
  let menu = null;
  let host = null;
  function build() {
    const legend = () => model.get("legend").map(([glyph, color, text]) => ({ glyph, color, text }));
    const picture = () => {
      const figure = host.querySelector(".bqplot");
      if (!(figure?.getBoundingClientRect().width > 0)) throw new Error(_("There is no chart yet."));
      return chartPicture(figure, model.get("title"), legend());
    };
    menu = buildMenu(model, {
      title: () => model.get("title") || model.get("name"), canvas: () => paintSvg(picture()), svg: () => picture().text, whole: host,
    });
    el.append(menu.node);
    shown.observe(host);
  }
  // On a busy machine bqplot 0.13 now and then leaves a chart as wide as it was before its page was made narrow. It draws
  // anew only what it takes to be in view, and what has another width: so it goes out of view, and comes back narrower
  // first. A busy machine may not see that either: some tries for each width of its room, each some frames long. A chart
  // that is really out of view is drawn when it comes into view.
  let looking = 0;
  let room = 0;
  let tries = 0;
  let mending = false;
  const soon = (then, pause) => setTimeout(() => requestAnimationFrame(then), pause);
  function drawAnew() {
    const figure = host.querySelector(".bqplot");
    const { top, bottom } = host.getBoundingClientRect();
    if (room !== host.clientWidth) [room, tries] = [host.clientWidth, 0];
    if (!figure || figure.scrollWidth <= figure.clientWidth + 1 || tries === 5) return;
    if (bottom < 0 || top > window.innerHeight) return;
    tries += 1;
    mending = true;
    const { maxWidth, display } = figure.style;
    const narrower = `${figure.clientWidth - 1}px`;
    const back = () => {
      figure.style.maxWidth = maxWidth;
      mending = false;
      looking = setTimeout(drawAnew, 1000);
    };
    figure.style.display = "none";
    soon(() => { Object.assign(figure.style, { display, maxWidth: narrower }); soon(back, 500); }, 100);
  }
  // there is nothing around it until it is on the page; then the chart is told when its room is that of a phone
  const shown = new ResizeObserver(() => {
    host ??= el.closest(".lw-chart-host");
    if (!host) return;
    if (!menu) build();
    if (!mending) {
      clearTimeout(looking);
      looking = setTimeout(drawAnew, 1000);
    }
    const narrow = host.clientWidth < 300;
    if (!host.clientWidth || narrow === model.get("narrow")) return;
    model.set("narrow", narrow);
    model.save_changes();
  });
  shown.observe(el);
  // a chart follows its window, not the screen that it fills
  const filled = () => setTimeout(() => window.dispatchEvent(new Event("resize")), 60);
  document.addEventListener("fullscreenchange", filled);
  return () => {
    clearTimeout(looking);
    shown.disconnect();
    document.removeEventListener("fullscreenchange", filled);
  };
}

export default { initialize: revive, render: renderChartMenu };
