// The customer's page behind an activation message. The token stands in the fragment, which browsers send to nobody;
// looking uses nothing up, only the button does.

const attributeNames = {
  TITLE: 'Form of address',
  FIRST_NAME: 'First name',
  LAST_NAME: 'Last name',
  EMAIL: 'E-mail address',
  MOBILE_PHONE: 'Mobile number',
  BIRTH_DATE: 'Date of birth',
  GENDER: 'Gender',
};

const element = (id) => document.getElementById(id);
const token = location.hash.slice(1);

async function ask(query) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { token } }),
  });
  const { data, errors } = await response.json();
  if (errors !== undefined) throw new Error(errors[0]?.extensions?.code ?? 'INTERNAL');
  return data;
}

function say(title) {
  element('title').textContent = title;
  document.title = title;
}

function linkTo(url, text) {
  const link = document.createElement('a');
  link.href = url;
  link.rel = 'noreferrer';
  link.textContent = text;
  return link;
}

function sayGone() {
  say('This link does not work any more');
  element('offer').hidden = true;
}

async function showOffer() {
  const { activation } = await ask(`query Landing($token: String!) {
    activation(token: $token) { fromBrandName toBrandName attributes notice { text } welcomeReward expiresAt }
  }`);
  if (activation === null) return sayGone();
  say(`${activation.fromBrandName} invites you to ${activation.toBrandName}`);
  element('notice').textContent = activation.notice.text;
  for (const attribute of activation.attributes) {
    const item = document.createElement('li');
    item.textContent = attributeNames[attribute] ?? attribute;
    element('attributes').append(item);
  }
  element('reward').hidden = activation.welcomeReward === null;
  element('reward').textContent = `What awaits you: ${activation.welcomeReward}`;
  element('expiry').textContent = `on ${new Date(activation.expiresAt).toLocaleString()}`;
  element('offer').hidden = false;
  element('accept').addEventListener('click', () => accept().catch(sayTrouble));
  element('decline').addEventListener('click', () => decline().catch(sayTrouble));
}

function setBusy(isBusy) {
  element('accept').disabled = isBusy;
  element('decline').disabled = isBusy;
}

async function accept() {
  setBusy(true);
  const { crossBrandLinkActivate: answer } = await ask(`mutation Accept($token: String!) {
    crossBrandLinkActivate(input: { token: $token, isAccepted: true }) { portalUrl receipt { jws withdrawalUrl } userErrors { message } }
  }`);
  if (answer === null || answer.userErrors.length > 0) return sayGone();
  say('Your membership is open');
  element('offer').hidden = true;
  element('receipt').value = answer.receipt?.jws ?? '';
  if (answer.portalUrl !== null) {
    element('next').append(linkTo(answer.portalUrl, 'Go to your new account'));
  }
  const { withdrawalUrl } = answer.receipt ?? {};
  if (withdrawalUrl) {
    element('withdraw').append(linkTo(withdrawalUrl, withdrawalUrl));
    element('withdrawal').hidden = false;
  }
  element('done').hidden = false;
  history.replaceState(null, '', location.pathname);
}

async function decline() {
  setBusy(true);
  const { crossBrandLinkDecline: answer } = await ask(`mutation Decline($token: String!) {
    crossBrandLinkDecline(input: { token: $token }) { quietUntil userErrors { message } }
  }`);
  if (answer === null || answer.userErrors.length > 0) return sayGone();
  say('You have said no, and nothing was opened');
  element('offer').hidden = true;
  history.replaceState(null, '', location.pathname);
}

function sayTrouble() {
  setBusy(false);
  say('That did not work just now; please try again in a moment');
}

if (token === '') sayGone();
else showOffer().catch(sayTrouble);
