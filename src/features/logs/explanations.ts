/** What an explanation can tell of the request; numbers and times already in the reader's form. */
export type Facts = {
  status: number
  key: string
  limit: string
  used: string
  resetsAt: string | null
  /** The scope or the address that was asked for. */
  subject: string
  /** How long it took. */
  seconds: string
}

export type Words = Record<string, (facts: Facts) => { text: string; remedies: string[] }>

const fixed =
  (text: string, ...remedies: string[]) =>
  () => ({ text, remedies })

export const en: Words = {
  plan_rate_limit: ({ limit, used, resetsAt }) => ({
    text: `Your plan allows ${limit} requests in any 60 seconds, shared by all your keys, and ${used} had been made.${resetsAt ? ` There was room again at ${resetsAt}.` : ''}`,
    remedies: [
      'Wait as long as Retry-After says, then send the request again.',
      'Spread requests over the minute, or send fewer of them.',
      'Move to a plan with a higher rate.',
    ],
  }),
  key_rate_limit: ({ limit, used, key, resetsAt }) => ({
    text: `The key ${key} allows ${limit} requests in any 60 seconds, and ${used} had been made.${resetsAt ? ` There was room again at ${resetsAt}.` : ''}`,
    remedies: [
      'Wait as long as Retry-After says, then send the request again.',
      'Raise or remove the rate limit of this key.',
    ],
  }),
  plan_quota: ({ limit, resetsAt }) => ({
    text: `All ${limit} requests that your plan includes in this period were used.${resetsAt ? ` The next period begins at ${resetsAt}.` : ''}`,
    remedies: ['Move to a plan with a larger quota.', 'Wait for the next period.'],
  }),
  key_quota: ({ limit, key, resetsAt }) => ({
    text: `The key ${key} allows ${limit} requests in a period, and all were used.${resetsAt ? ` The next period begins at ${resetsAt}.` : ''}`,
    remedies: ['Raise or remove the monthly limit of this key.', 'Use another key.'],
  }),
  insufficient_scope: ({ subject, key }) => ({
    text: `The request needs the scope “${subject}”, which the key ${key} does not have.`,
    remedies: [`Add “${subject}” to the scopes of the key.`, 'Use a key that has it.'],
  }),
  ip_not_allowed: ({ subject, key }) => ({
    text: `The key ${key} may not be used from ${subject}: the address is not on its allowlist.`,
    remedies: [
      `Add ${subject} to the allowlist of the key.`,
      'Call from an address that is on it.',
    ],
  }),
  key_revoked: ({ key }) => ({
    text: `The key ${key} was revoked.`,
    remedies: ['Use another key, or create one.', 'Find out which program still uses this key.'],
  }),
  key_expired: ({ key }) => ({
    text: `The key ${key} had expired.`,
    remedies: ['Create a new key.'],
  }),
  user_suspended: fixed('The account was suspended.', 'Contact support.'),
  email_unverified: fixed(
    'The e-mail address of the account was not confirmed yet.',
    'Open the link in the mail that we sent, or have it sent again.',
  ),
  no_active_plan: fixed('Your organization had no active plan.', 'Choose a plan.'),
  insufficient_credits: fixed('No credits were left.', 'Buy credits.', 'Wait for the next period.'),
  spend_cap_reached: fixed('Your spend cap was reached.', 'Raise or remove the spend cap.'),
  route_not_found: fixed(
    'The API has nothing at this path. The request did not count.',
    'Compare the path with the documentation, letter by letter, its version too.',
  ),
  method_not_allowed: fixed(
    'The path is there, but does not take this method. The request did not count.',
    'Use one of the methods that the header Allow of the answer names.',
  ),
  bad_request: fixed(
    'The path held dot segments or backslashes, which could be read as another path. The request did not count.',
    'Send the path that you mean, without them.',
  ),
  payload_too_large: fixed(
    'The body of the request was larger than this route takes.',
    'Send a smaller body, or split it.',
  ),
  upstream_overloaded: fixed(
    'The API was busy: all its places for requests at the same time were taken. The request did not count.',
    'Send the request again in a moment.',
  ),
  unavailable: fixed(
    'The gateway could not record usage at that moment, so it did not forward the request. The request did not count.',
    'Send the request again in a moment.',
  ),
  upstream_unreachable: fixed(
    'The API behind the gateway could not be reached, or broke off before it answered.',
    'Send the request again; if it goes on, contact support with the request id.',
  ),
  upstream_timeout: ({ seconds }) => ({
    text: `The API behind the gateway did not answer in time. We gave up after ${seconds} s.`,
    remedies: ['Send the request again.', 'Ask for less at once, if the API lets you.'],
  }),
  upstream_aborted: fixed(
    'The API broke off in the middle of its answer, so what arrived is not whole.',
    'Send the request again.',
  ),
  interrupted: fixed(
    'The gateway stopped while this request was under way. It is not charged. The API may have carried it out.',
    'Check whether it took effect before you send it again.',
  ),
  client_left: ({ seconds }) => ({
    text: `Your side closed the connection after ${seconds} s, before the answer was complete.`,
    remedies: ['Give the request a longer timeout.'],
  }),
  answered_4xx: ({ status }) => ({
    text: `The API itself answered ${status}; the gateway passed it on. The body of the answer says more.`,
    remedies: ['Compare the request with the documentation of this endpoint.'],
  }),
  answered_5xx: ({ status }) => ({
    text: `The API itself answered ${status}; the gateway passed it on. The fault is on our side.`,
    remedies: ['Send the request again; if it goes on, contact support with the request id.'],
  }),
  other: ({ status }) => ({
    text: `The gateway answered ${status}.`,
    remedies: ['Contact support with the request id.'],
  }),
}

export const fr: Words = {
  plan_rate_limit: ({ limit, used, resetsAt }) => ({
    text: `Votre offre autorise ${limit} requêtes par période de 60 secondes, toutes clés confondues, et ${used} avaient été faites.${resetsAt ? ` Une place s’est libérée le ${resetsAt}.` : ''}`,
    remedies: [
      'Attendez le délai donné par Retry-After, puis renvoyez la requête.',
      'Répartissez les requêtes sur la minute, ou envoyez-en moins.',
      'Passez à une offre au débit plus élevé.',
    ],
  }),
  key_rate_limit: ({ limit, used, key, resetsAt }) => ({
    text: `La clé ${key} autorise ${limit} requêtes par période de 60 secondes, et ${used} avaient été faites.${resetsAt ? ` Une place s’est libérée le ${resetsAt}.` : ''}`,
    remedies: [
      'Attendez le délai donné par Retry-After, puis renvoyez la requête.',
      'Relevez ou supprimez la limite de débit de cette clé.',
    ],
  }),
  plan_quota: ({ limit, resetsAt }) => ({
    text: `Les ${limit} requêtes comprises dans votre offre pour cette période étaient épuisées.${resetsAt ? ` La période suivante commence le ${resetsAt}.` : ''}`,
    remedies: ['Passez à une offre au quota plus élevé.', 'Attendez la période suivante.'],
  }),
  key_quota: ({ limit, key, resetsAt }) => ({
    text: `La clé ${key} autorise ${limit} requêtes par période, et toutes étaient utilisées.${resetsAt ? ` La période suivante commence le ${resetsAt}.` : ''}`,
    remedies: ['Relevez ou supprimez la limite mensuelle de cette clé.', 'Utilisez une autre clé.'],
  }),
  insufficient_scope: ({ subject, key }) => ({
    text: `La requête demande la portée « ${subject} », que la clé ${key} n’a pas.`,
    remedies: [`Ajoutez « ${subject} » aux portées de la clé.`, 'Utilisez une clé qui l’a.'],
  }),
  ip_not_allowed: ({ subject, key }) => ({
    text: `La clé ${key} ne peut pas être utilisée depuis ${subject} : cette adresse n’est pas dans sa liste.`,
    remedies: [
      `Ajoutez ${subject} aux adresses autorisées de la clé.`,
      'Appelez depuis une adresse autorisée.',
    ],
  }),
  key_revoked: ({ key }) => ({
    text: `La clé ${key} avait été révoquée.`,
    remedies: [
      'Utilisez une autre clé, ou créez-en une.',
      'Cherchez quel programme utilise encore cette clé.',
    ],
  }),
  key_expired: ({ key }) => ({
    text: `La clé ${key} avait expiré.`,
    remedies: ['Créez une nouvelle clé.'],
  }),
  user_suspended: fixed('Le compte était suspendu.', 'Contactez le support.'),
  email_unverified: fixed(
    'L’adresse e-mail du compte n’était pas encore confirmée.',
    'Ouvrez le lien de notre message, ou faites-le renvoyer.',
  ),
  no_active_plan: fixed('Votre organisation n’avait pas d’offre active.', 'Choisissez une offre.'),
  insufficient_credits: fixed(
    'Il ne restait plus de crédits.',
    'Achetez des crédits.',
    'Attendez la période suivante.',
  ),
  spend_cap_reached: fixed(
    'Votre plafond de dépenses était atteint.',
    'Relevez ou supprimez le plafond.',
  ),
  route_not_found: fixed(
    'L’API n’a rien à ce chemin. La requête n’a pas été comptée.',
    'Comparez le chemin avec la documentation, lettre par lettre, version comprise.',
  ),
  method_not_allowed: fixed(
    'Le chemin existe, mais n’accepte pas cette méthode. La requête n’a pas été comptée.',
    'Utilisez l’une des méthodes que nomme l’en-tête Allow de la réponse.',
  ),
  bad_request: fixed(
    'Le chemin contenait des segments « . » ou « .. », ou des barres obliques inverses, qui peuvent désigner un autre chemin. La requête n’a pas été comptée.',
    'Envoyez le chemin voulu, sans eux.',
  ),
  payload_too_large: fixed(
    'Le corps de la requête dépassait ce que cette route accepte.',
    'Envoyez un corps plus petit, ou en plusieurs fois.',
  ),
  upstream_overloaded: fixed(
    'L’API était occupée : toutes ses places pour des requêtes simultanées étaient prises. La requête n’a pas été comptée.',
    'Renvoyez la requête dans un instant.',
  ),
  unavailable: fixed(
    'La passerelle ne pouvait pas enregistrer la requête à cet instant ; elle ne l’a donc pas transmise, et ne l’a pas comptée.',
    'Renvoyez la requête dans un instant.',
  ),
  upstream_unreachable: fixed(
    'L’API derrière la passerelle était injoignable, ou a coupé avant de répondre.',
    'Renvoyez la requête ; si cela persiste, donnez l’identifiant de la requête au support.',
  ),
  upstream_timeout: ({ seconds }) => ({
    text: `L’API derrière la passerelle n’a pas répondu à temps. Nous avons cessé d’attendre après ${seconds} s.`,
    remedies: ['Renvoyez la requête.', 'Demandez moins à la fois, si l’API le permet.'],
  }),
  upstream_aborted: fixed(
    'L’API a coupé au milieu de sa réponse : ce qui est arrivé est incomplet.',
    'Renvoyez la requête.',
  ),
  interrupted: fixed(
    'La passerelle s’est arrêtée pendant cette requête. Elle n’est pas facturée. L’API l’a peut-être exécutée.',
    'Vérifiez si elle a pris effet avant de la renvoyer.',
  ),
  client_left: ({ seconds }) => ({
    text: `Votre programme a fermé la connexion après ${seconds} s, avant la fin de la réponse.`,
    remedies: ['Donnez un délai plus long à la requête.'],
  }),
  answered_4xx: ({ status }) => ({
    text: `C’est l’API qui a répondu ${status} ; la passerelle l’a transmis. Le corps de la réponse en dit plus.`,
    remedies: ['Comparez la requête avec la documentation de ce point d’accès.'],
  }),
  answered_5xx: ({ status }) => ({
    text: `C’est l’API qui a répondu ${status} ; la passerelle l’a transmis. L’erreur vient de chez nous.`,
    remedies: [
      'Renvoyez la requête ; si cela persiste, donnez l’identifiant de la requête au support.',
    ],
  }),
  other: ({ status }) => ({
    text: `La passerelle a répondu ${status}.`,
    remedies: ['Donnez l’identifiant de la requête au support.'],
  }),
}
