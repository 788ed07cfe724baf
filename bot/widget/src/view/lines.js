// Slim lines about the state of things: the connection, who answers, what went wrong.
import { el, setText } from '../dom.js';
import { moment } from '../times.js';

const makeLine = (name) => el('p.line' + name, { role: 'status' });

export function makeLines({ state, words }) {
  const offline = makeLine('.offline');
  const status = makeLine('');
  const notice = makeLine('.notice');

  function statusText() {
    if (state.status === 'agent') return state.agent ? words.t('person', state.agent) : words.t('agent');
    if (state.status !== 'waiting') return '';
    return words.t('waiting')
      + (state.queue ? ' ' + words.t('queue', state.queue) : '')
      + (state.promised ? ' ' + words.t('by', moment(state.promised, words)) : '');
  }

  return {
    above: [offline, status],
    notice,
    render() {
      setText(offline, state.late ? words.t('reconnecting') : '');
      setText(status, statusText());
      setText(notice, state.notice || '');
    },
  };
}
