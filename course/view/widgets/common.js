// What the widgets have in common: the conversation with Python, and how a page is built. Python puts the files of a widget
// one after another, this one first; each widget has a class View of its own.

const PATIENCE = 1000; // milliseconds without an answer until the student is told
const SILENCE = "The kernel has not answered yet. It may be busy with a cell: the answer comes when that has ended. Or it is gone: run the cell again.";
const GONE = "The kernel that knew this widget is gone or was restarted: run the cell again.";

export default { render };

function render({ model, el }) {
  const python = new Python(model);
  const view = new View(el, python);
  python.ask({ do: "show" });
  return () => {
    view.leave?.();
    python.leave();
  };
}

// The other end of the conversation. Each question has a name, so that an answer says which one it answers. All views of a
// widget hear all answers: what one student's view has changed is changed in all.
class Python {
  constructor(model) {
    this.model = model;
    this.view = unique("view");
    this.count = 0;
    this.error = "";
    this.isIdle = true;
    this.hear = (answer, buffers) => this.receive(buffers?.length ? unpacked(buffers[0]) : answer);
    model.on("msg:custom", this.hear);
  }

  ask(message) {
    this.count += 1;
    clearTimeout(this.waiting);
    this.isIdle = false;
    this.waiting = setTimeout(() => this.complain(SILENCE), PATIENCE);
    try {
      this.model.send({ ...message, serial: this.question });
    } catch { // the model has nobody to send to
      clearTimeout(this.waiting);
      this.complain(GONE);
    }
  }

  get question() {
    return `${this.view}/${this.count}`; // the one that was asked last
  }

  receive(answer) {
    if (answer.serial === this.question) clearTimeout(this.waiting);
    this.isIdle ||= answer.serial === this.question;
    if ("error" in answer) this.error = answer.error;
    this.complain(this.error);
    this.heard(answer, answer.serial === this.question);
  }

  asked(answer) {
    return answer.serial.startsWith(`${this.view}/`); // by this view, and by no other one
  }

  complain(text) {
    this.trouble.textContent = text;
  }

  leave() {
    clearTimeout(this.waiting);
    this.model.off("msg:custom", this.hear);
  }
}

// A long answer comes as octets, which nobody has to look through on its way.
function unpacked(buffer) {
  return JSON.parse(new TextDecoder().decode(buffer));
}

// The frame of a widget: what is typed in there is no command to JupyterLab, and what goes wrong is shown in `trouble`.
function frame(el, python, attributes) {
  const root = add(el, "div", attributes);
  root.addEventListener("keydown", keep);
  python.trouble = document.createElement("div");
  python.trouble.className = "trouble";
  python.trouble.setAttribute("role", "alert");
  return root;
}

// Shift and Enter, or Control and a letter, still are commands.
function keep(event) {
  if (!event.ctrlKey && !event.metaKey && !event.altKey && !(event.shiftKey && event.key === "Enter")) event.stopPropagation();
}

function add(parent, name, attributes, words) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (words !== undefined) element.textContent = words;
  return parent.appendChild(element);
}

// What those hear who do not see the page; said when it changes.
function announcer(root) {
  return add(root, "div", { class: "silent", role: "status", "aria-live": "polite" });
}

let names = 0;

function unique(what) {
  names += 1;
  return `course-${what}-${names}-${Math.random().toString(36).slice(2)}`;
}
