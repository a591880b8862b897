// Asking for something that changes the system: train, roll back, promote, reject, pause.
import {h, toast} from './elements.js';
import * as api from './api.js';
import * as live from './live.js';

function field(label, control) {
  return h('label.field', null, h('span', null, label), control);
}

/** Shows a dialog; `send` gets the form's values and returns the accepted request, `leave` is the way back. */
function ask(title, text, fields, verb, send, leave = 'Cancel') {
  const error = h('p.problem', {role: 'alert', hidden: true});
  const submit = h('button.main', {type: 'submit'}, verb);
  const dialog = h('dialog', {'aria-label': title, onclose: () => dialog.remove()},
    h('form', {
      onsubmit: async (event) => {
        event.preventDefault();
        submit.disabled = true;
        error.hidden = true;
        try {
          const accepted = await send(Object.fromEntries(new FormData(event.target)));
          dialog.close();
          await report(accepted, title);
        } catch (failure) {
          error.textContent = failure.message;
          error.hidden = false;
          submit.disabled = false;
        }
      },
    }, h('h2', null, title), h('p.muted', null, text), fields, error,
    h('div.actions', null, h('button', {type: 'button', onclick: () => dialog.close()}, leave), submit)));
  document.body.append(dialog);
  dialog.showModal();
}

async function report(accepted, title) {
  if (accepted.kind === 'train') {
    toast('Training is requested. Its progress shows at the top of the page.');
    return;
  }
  try {
    const request = await api.outcome(accepted.id);
    toast(request.outcome || `${title}: ${request.status}`);
  } catch (failure) {
    toast(failure.message);
  }
}

const reason = () => field('Why (kept with the decision)', h('input', {type: 'text', name: 'why', maxlength: 200, placeholder: 'optional'}));

export function train(encoders) {
  const usable = encoders.filter((encoder) => encoder.version > 0 && encoder.verdict === 'accepted');
  ask('Train an encoder', 'It is trained on the images in the log, measured on held-out ones, and takes over only if it is better.', [
    field('Preset', h('select', {name: 'preset'}, h('option', {value: 'default'}, 'default'), h('option', {value: 'seed'}, 'seed'))),
    field('Begin with', h('select', {name: 'warmStart'}, h('option', {value: ''}, 'fresh weights'),
      usable.map((encoder) => h('option', {value: encoder.version}, `weights of encoder ${encoder.version}`)))),
    field('Images to pass through (with repetition)', h('input', {type: 'number', name: 'imagesSeen', min: 1000, max: 100000000, step: 1000, placeholder: 'as the preset says'})),
    reason(),
  ], 'Train', (form) => api.train({
    preset: form.preset,
    ...(form.warmStart ? {warmStart: Number(form.warmStart)} : {}),
    ...(form.imagesSeen ? {imagesSeen: Number(form.imagesSeen)} : {}),
    who: 'page',
    why: form.why,
  }));
}

export function cancel(training) {
  ask('Cancel the training', 'It ends at its next step and publishes no encoder. What answers now goes on answering.',
    [reason()], 'Cancel the training', (form) => api.cancel(training.id, {who: 'page', why: form.why}), 'Let it run');
}

/** A button that rolls back; disabled while there is nothing to go back to. */
export function rollbackButton() {
  const button = h('button', {type: 'button', 'data-key': 'rollback', 'data-role': 'rollback', onclick: rollback}, 'Roll back…');
  const draw = (status) => {
    const possible = status?.previous !== null && status?.previous !== undefined;
    button.disabled = !possible;
    button.title = possible ? `Back to generation ${status.previous}` : 'There is no earlier generation to go back to';
  };
  draw(live.status());
  const stop = live.on('status', (status) => (button.isConnected ? draw(status) : stop()));
  return button;
}

function rollback() {
  const serving = live.status()?.serving;
  ask('Roll back', `The previous generation answers again at once${serving ? `, instead of generation ${serving.generation}` : ''}. Its successor is never promoted automatically again, and automatic rolls pause.`,
    [reason()], 'Roll back', (form) => api.rollback({who: 'page', why: form.why}));
}

/** A button that pauses indexing, or lets it go on. */
export function pauseButton() {
  const button = h('button', {type: 'button', 'data-key': 'pause', 'data-role': 'pause', onclick: pauseOrResume});
  const draw = (status) => {
    const text = status?.paused ? 'Resume indexing…' : 'Pause indexing…';
    if (button.textContent !== text) button.textContent = text;
  };
  draw(live.status());
  const stop = live.on('status', (status) => (button.isConnected ? draw(status) : stop()));
  return button;
}

function pauseOrResume() {
  if (live.status()?.paused) {
    ask('Resume indexing', 'Indexing goes on where it was paused.', [reason()], 'Resume', (form) => api.resume({who: 'page', why: form.why}));
  } else {
    ask('Pause indexing', 'No image is indexed and no roll goes on until it is resumed. Searches are answered and uploads taken meanwhile.',
      [reason()], 'Pause', (form) => api.pause({who: 'page', why: form.why}));
  }
}

export function reject(generation) {
  ask(`Reject generation ${generation}`, 'It ends, and its encoder is not rolled by itself again. What answers now goes on answering.',
    [reason()], 'Reject', (form) => api.reject(generation, {who: 'page', why: form.why}));
}

export function promote(generation) {
  ask(`Promote generation ${generation}`, 'It answers from now on, and automatic rolls resume.',
    [reason()], 'Promote', (form) => api.promote(generation, {who: 'page', why: form.why}));
}
