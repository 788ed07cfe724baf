// Every word the widget says by itself, side by side; what the assistant says comes from the server.
// A fourth language is one more name here and one more text in every line, in the same order.
export const LANGUAGES = { en: 'English', hy: 'Հայերեն', ka: 'ქართული' };

export const TEXTS = {
  title: ['Barev', 'Բարև', 'ბარევი'],
  subtitle: ['Automatic assistant', 'Ավտոմատ օգնական', 'ვირტუალური ასისტენტი'],
  open: ['Open the chat', 'Բացել զրույցը', 'ჩატის გახსნა'],
  close: ['Close the chat', 'Փակել զրույցը', 'ჩატის დახურვა'],
  unread: ['Unread messages: {}', 'Չկարդացված հաղորդագրություններ՝ {}', 'წაუკითხავი შეტყობინებები: {}'],
  language: ['Language', 'Լեզու', 'ენა'],
  box: ['Write a message…', 'Գրեք հաղորդագրություն…', 'დაწერეთ შეტყობინება…'],
  send: ['Send', 'Ուղարկել', 'გაგზავნა'],
  log: ['Messages', 'Հաղորդագրություններ', 'შეტყობინებები'],
  fresh: ['New messages', 'Նոր հաղորդագրություններ', 'ახალი შეტყობინებები'],
  replies: ['Suggested answers', 'Պատասխանի տարբերակներ', 'პასუხის ვარიანტები'],

  shopper: ['You', 'Դուք', 'თქვენ'],
  bot: ['Assistant', 'Օգնական', 'ასისტენტი'],
  agent: ['Our colleague', 'Մեր աշխատակիցը', 'ჩვენი თანამშრომელი'],
  system: ['Note', 'Նշում', 'შენიშვნა'],

  typing: ['Typing…', 'Գրում է…', 'წერს…'],
  sending: ['Sending…', 'Ուղարկվում է…', 'იგზავნება…'],
  sent: ['Sent', 'Ուղարկված է', 'გაგზავნილია'],
  failed: ['Not sent.', 'Չի ուղարկվել։', 'არ გაიგზავნა.'],
  retry: ['Try again', 'Կրկին փորձել', 'ხელახლა ცდა'],
  reconnecting: ['Reconnecting…', 'Կապը վերականգնվում է…', 'მიმდინარეობს კავშირის აღდგენა…'],
  today: ['Today', 'Այսօր', 'დღეს'],
  yesterday: ['Yesterday', 'Երեկ', 'გუშინ'],

  waiting: [
    'A colleague will answer you soon.',
    'Մեր աշխատակիցը շուտով կպատասխանի Ձեզ։',
    'ჩვენი თანამშრომელი მალე გიპასუხებთ.',
  ],
  queue: ['Your place in the queue: {}.', 'Ձեր հերթը՝ {}։', 'თქვენი ადგილი რიგში: {}.'],
  by: ['Answer by {}.', 'Պատասխանը՝ մինչև {}։', 'პასუხი {}-მდე.'],
  person: ['You are talking with {}', 'Ձեզ հետ զրուցում է {}', 'თქვენ გესაუბრებათ {}'],

  order: ['Order', 'Պատվեր', 'შეკვეთა'],
  placed: ['Placed', 'Պատվիրվել է', 'გაფორმდა'],
  promised: ['Expected', 'Սպասվում է', 'მოსალოდნელია'],
  delivered: ['Delivered', 'Հանձնվել է', 'ჩაბარდა'],
  total: ['Total', 'Ընդամենը', 'სულ'],
  points: ['Points', 'Միավորներ', 'ქულები'],
  worth: ['Worth', 'Արժեքը', 'ღირებულება'],
  pending: ['On the way', 'Սպասվող', 'მოლოდინში'],
  until: ['Good until {}', 'Մինչև {}', 'ვადა: {}'],
  rating: ['Your rating', 'Ձեր գնահատականը', 'თქვენი შეფასება'],
  track: ['Track the parcel', 'Հետևել առաքմանը', 'თვალი ადევნეთ ამანათს'],
};
