// An extension of JupyterLab and Jupyter Notebook: a widget that has no kernel is shown by the picture saved with it.
//
// Of an output that holds both a widget and a picture JupyterLab takes the widget, and where there is no such widget in
// the kernel it says "Error displaying widget: model not found". Here the picture stands there, with the line that is
// saved beside it ("run this cell to use the widget"), until the widget is there.
//
// It is what a bundler would make of it, written by hand: JupyterLab asks `get` for a module, which needs nothing of others.
(() => {
  const VIEW = "application/vnd.jupyter.widget-view+json";

  /** The saved picture and the line below it, or null if none was saved with the widget. */
  function savedPicture(data) {
    const png = data["image/png"];
    if (typeof png !== "string") return null;
    const figure = document.createElement("figure");
    figure.className = "lattice-widgets-saved";
    figure.style.cssText = "margin: 4px 0; max-width: 100%";
    const words = document.createElement("figcaption");
    words.textContent = [data["text/plain"] ?? ""].flat().join("");
    words.style.cssText = "color: var(--jp-content-font-color1); font-weight: 600; padding: 2px 0 6px";
    const picture = document.createElement("img");
    picture.src = `data:image/png;base64,${png.replace(/\s/g, "")}`;
    picture.alt = words.textContent;
    picture.style.cssText = "display: block; max-width: 100%; height: auto";
    figure.append(words, picture);
    return figure;
  }

  /** Have one renderer of widgets show the picture while it has no widget, and instead of its message of an error. */
  function showSaved(renderer) {
    const showWidget = renderer.renderModel.bind(renderer);
    renderer.renderModel = async (model) => {
      const figure = savedPicture(model.data);
      const id = model.data[VIEW]?.model_id;
      // neither of the two is documented: where they have other names all is as JupyterLab has it
      if (!figure || !id || !renderer._manager?.promise) return showWidget(model);
      renderer.node.replaceChildren(figure);
      const manager = await renderer._manager.promise;
      try {
        await manager.get_model(id);
      } catch {
        renderer._rerenderMimeModel = model; // it is asked again when the manager knows the kernel's widgets
        if (!figure.isConnected) renderer.node.replaceChildren(figure);
        return;
      }
      await showWidget(model);
    };
    return renderer;
  }

  const plugin = {
    id: "lattice-widgets:saved-pictures",
    description: "Shows the saved picture of a widget whose kernel is gone.",
    autoStart: true,
    activate: (app) => {
      app.docRegistry.addWidgetExtension("Notebook", {
        createNew: (panel) => {
          const rendermime = panel.content.rendermime;
          const create = rendermime.createRenderer.bind(rendermime);
          rendermime.createRenderer = (type) => (type === VIEW ? showSaved(create(type)) : create(type));
        },
      });
    },
  };

  (window._JUPYTERLAB ??= {})["lattice-widgets"] = {
    init: () => {},
    get: async () => () => ({ __esModule: true, default: plugin }),
  };
})();
