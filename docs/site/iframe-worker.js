// Browsers give a page that is read from a folder no workers. There the search runs in a hidden frame instead.
if (location.protocol === "file:") {
  const loaded = (owner, url) =>
    new Promise((resolve, reject) => {
      const script = owner.createElement("script");
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      script.src = url;
      owner.head.append(script);
    });

  window.IFrameWorker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      this.inside = frame.contentWindow;
      this.inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      this.inside.importScripts = async (...urls) => {
        for (const each of urls) await loaded(this.inside.document, each);
      };
      this.ready = loaded(this.inside.document, url);
    }

    async postMessage(data) {
      await this.ready;
      this.inside.dispatchEvent(new MessageEvent("message", { data }));
    }
  };
  window.Worker = window.IFrameWorker;
}
