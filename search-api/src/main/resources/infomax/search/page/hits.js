// What a search found: images with their scores, and where the answer comes from.
import {h, frame, contentUrl} from './elements.js';
import {count, encoderName, millis, score, shortDigest} from './format.js';

export const nameOf = (image) => image.metadata?.label ?? image.id;

function steer(image, name, question, turn) {
  const button = (side, sign, words) => {
    const pressed = question[side].includes(image.id);
    return h('button.turn', {
      type: 'button', 'data-turn': side, 'data-key': `${side} ${image.id}`, 'aria-pressed': String(pressed),
      'aria-label': `${words}: ${name}`, title: words, onclick: () => turn(side, image.id, pressed),
    }, sign);
  };
  return h('span.turns', null, button('plus', '+', 'More like this'), turn.plusOnly ? null : button('minus', '−', 'Less like this'));
}

/** An image that leads on to its neighbours; `turn(side, id, pressed)` steers. */
export function tile(image, ordinal, href, question, turn) {
  const name = nameOf(image);
  const scored = image.score !== undefined;
  return h('div.tile', {'data-id': image.id, role: 'listitem'},
    h('a', {href, title: image.id, 'data-key': `tile ${image.id}`},
      frame(contentUrl(image.id, image.digest), scored ? `Neighbour ${ordinal + 1}, score ${score(image.score)}: ${name}` : `Image ${name}`)),
    h('div.caption', null,
      h('span.words', null, scored ? h('b', null, score(image.score)) : null, h('span.name', null, name)),
      steer(image, name, question, turn)));
}

export function ghosts(number) {
  return h('div.grid', {'aria-hidden': 'true'}, Array.from({length: number}, () =>
    h('div.tile.ghost', null, h('span.frame'), h('div.line'))));
}

const SCORES = {
  cosine: 'Scores are cosines: 1 is the same direction, 0 is unrelated.',
  euclidean: 'Scores are negated Euclidean distances between embeddings: 0 is the same, lower is farther.',
};

/** Which encoder and index answered, up to where, how, and in what time. */
export function provenance(answer) {
  const searched = answer.matches === undefined ? `${count(answer.images)} images` : `${count(answer.matches)} of ${count(answer.images)} images match`;
  const facts = [
    ['Encoder', encoderName(answer.encoder.version), `SHA-256 ${answer.encoder.digest}, ${answer.encoder.precision}`, h('span.mono.muted', null, ` ${shortDigest(answer.encoder.digest)}`)],
    ['Generation', String(answer.generation), 'the index that answered'],
    ['Searched', searched, 'images in this index'],
    ['Method', answer.exact ? 'exact' : 'approximate', answer.exact ? 'every image that matches was scored' : 'along the HNSW graph: a near image may be missed'],
    ['Freshness', millis(answer.freshness), 'from the oldest record that was new to searchable'],
    ['Lag', `${count(answer.lag)} offsets`, 'distance to the end of the log, an upper bound on what is missing'],
    ['Took', millis(answer.took), 'in the service'],
  ];
  return h('footer.provenance', {'data-role': 'provenance', 'aria-label': 'Where this answer comes from'},
    h('dl', null, facts.map(([term, value, title, more]) => h('div', {title}, h('dt', null, term), h('dd', null, value, more)))),
    h('p', null, SCORES[answer.metric]));
}
