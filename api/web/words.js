// What the page says, in two languages.
const WORDS = {
  en: {
    wallboard: 'Wallboard', signIn: 'Sign in', signOut: 'Sign out', company: 'Company', email: 'E-mail',
    password: 'Password', schema: 'Schema', today: 'Today', sites: 'Sites', queues: 'Queues',
    site: 'Site', queue: 'Queue', waiting: 'Waiting', longest: 'Longest wait', level: 'Service level',
    offered: 'Offered', answered: 'Answered', abandoned: 'Abandoned', staffed: 'Staffed',
    available: 'Available', noData: 'no data', stale: 'stale', live: 'Live', connecting: 'Connecting…',
    off: 'Not connected', nothing: 'No contacts yet today', age: 'Age', other: '中文',
    unreachable: 'The server cannot be reached.', code: 'Code of your authenticator app',
    forgotten: 'Forgotten?', account: 'Your password', newPassword: 'New password', save: 'Save',
    sendLink: 'Send me a link', linkSent: 'If the address is known, a link is on its way to it.',
    passwordSet: 'Done. You can sign in now.', toSignIn: 'Sign in',
    byProvider: 'With your company\u2019s account', planning: 'Planning', my: 'My shifts',
    keep: 'Leave it', notSent: 'It may not have arrived. Try again: it happens once only.',
    schedule: 'Schedule', loading: 'Loading…', ended: 'Your session has ended.', about: '{what}: {which}',
    between: '{from}–{to}', overnight: '{from}–{to} next day', ofPeriod: '{time}: offered {offered}, answered {answered}',
  },
  zh: {
    wallboard: '现场看板', signIn: '登录', signOut: '退出', company: '公司', email: '邮箱',
    password: '密码', schema: '接口定义', today: '今日', sites: '职场', queues: '队列',
    site: '职场', queue: '队列', waiting: '排队', longest: '最长等待', level: '服务水平',
    offered: '呼入', answered: '接听', abandoned: '放弃', staffed: '在岗',
    available: '空闲', noData: '暂无数据', stale: '已过期', live: '实时', connecting: '正在连接…',
    off: '未连接', nothing: '今日暂无来话', age: '数据时龄', other: 'English',
    unreachable: '无法连接服务器。', code: '身份验证器中的验证码',
    forgotten: '忘记密码？', account: '您的密码', newPassword: '新密码', save: '保存',
    sendLink: '发送链接', linkSent: '如果该邮箱已登记，链接正在发送。',
    passwordSet: '设置完成，现在可以登录。', toSignIn: '登录',
    byProvider: '使用公司账号登录', planning: '排班计划', my: '我的班次',
    keep: '暂不', notSent: '可能未送达。请再试一次：不会重复执行。',
    schedule: '班表', loading: '正在加载…', ended: '登录已失效。', about: '{what}：{which}',
    between: '{from}–{to}', overnight: '{from}–次日 {to}', ofPeriod: '{time}：呼入 {offered}，接听 {answered}',
  },
};

/** Adds the words of a page that has more to say. */
export function learn(more) {
  for (const [language, words] of Object.entries(more)) Object.assign(WORDS[language], words);
}

let language = localStorage.getItem('language')
  ?? (navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en');

export const say = (word) => WORDS[language][word] ?? word;
export const current = () => language;

/** A word with its places filled in. */
export const fill = (word, values) =>
  say(word).replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

/** Writes the words of the page, in `to` if given. */
export function speak(to = language) {
  language = to;
  localStorage.setItem('language', to);
  document.documentElement.lang = to === 'zh' ? 'zh-CN' : 'en';
  for (const element of document.querySelectorAll('[data-word]')) {
    element.textContent = say(element.dataset.word);
  }
}

/**
 * Writes the words of the page, and again in the other language whenever the button for it is pressed.
 * `written` is called after each time, for what the page has made of words itself.
 */
export function translate(written = () => {}) {
  const button = document.getElementById('language');
  const write = (to) => {
    speak(to);
    button.textContent = say('other');
    button.lang = to === 'zh' ? 'en' : 'zh';
    written();
  };
  button.addEventListener('click', () => write(language === 'zh' ? 'en' : 'zh'));
  write(language);
}
