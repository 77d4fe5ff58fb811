// Where browsers come back to from a company's identity provider.
import { comeBack } from './api.js';
import { say, speak } from './words.js';

const answer = new URLSearchParams(location.search);
// What was in the address stays in no history.
history.replaceState(null, '', location.pathname);
speak();
const outcome = document.getElementById('outcome');
try {
  await comeBack(answer);
  location.replace('/');
} catch (error) {
  outcome.textContent = error instanceof TypeError ? say('unreachable') : error.message;
}
