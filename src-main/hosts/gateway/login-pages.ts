// The pages around the login: in by a link, out again, and what to do where there is no way in.
import { cardStyle, escaped, type PlainPage } from './plain-page.ts';

const newLink = `<form method="post" action="/login/new"><button>Print a new link</button></form>`;
const where = 'in the terminal where <code>atelier serve</code> (or <code>npm start</code>) runs';

function card(title: string, body: string): PlainPage {
  return { title: `${title} · Atelier`, style: cardStyle, body: `<main><h1>${title}</h1>${body}</main>` };
}

/** A button, since links are followed by programs too (previews, scanners), which must not use it up. */
export function enterPage(token: string): PlainPage {
  return card(
    'Open the studio',
    `<p>This link lets one browser in, once. Go on if you started Atelier yourself.</p>
<form method="post" action="/login"><input type="hidden" name="token" value="${escaped(token)}"><button class="main">Open the studio</button></form>`,
  );
}

export const stalePage: PlainPage = card(
  'This link is good no more',
  `<p>A link works once and for ten minutes. If you did not use it yourself, somebody else on this machine did: end Atelier, which ends their session too.</p>
<p>A new link is printed ${where}.</p>${newLink}<p class="quiet"><a href="/">Back to the studio</a>, if this browser is in already.</p>`,
);

export const outsidePage: PlainPage = card(
  'You are not logged in',
  `<p>Open the link that was printed ${where}.</p>${newLink}`,
);

export const printedPage: PlainPage = card(
  'A new link was printed',
  `<p>It stands ${where}, if none was printed a moment ago. The last one there is good.</p>`,
);

export const insidePage: PlainPage = card(
  'You are logged in',
  `<p>This browser is in until it is not used for eight hours, or Atelier ends.</p>
<p><a href="/">Open the studio</a></p><form method="post" action="/logout"><button>Log out</button></form>`,
);

export const refusedPage: PlainPage = card(
  'That came from elsewhere',
  '<p>The form was not sent from a page of this studio, so nothing was done. Open the link from the terminal again.</p>',
);
