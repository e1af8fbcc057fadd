/**
 * The many words in which a person may say the same: words that stand for one
 * another, and small words that change nothing. A model of a few million weights
 * cannot know this by itself; it learns from what varies here that it does not matter.
 */

import type { Random } from "../../src/core/random.ts";

const SHARE_REWORDED = 0.5;
/** Of the places where a word could be exchanged, once a text is reworded at all. */
const SHARE_EXCHANGED = 0.5;
const SHARE_FRAMED = 0.22;
const SHARE_TAILED = 0.14;
const SHARE_LOST = 0.08;

/** Each line: phrases that may stand for one another in what people say to Zero. */
const GROUPS = `
tell me | please tell me | can you tell me | could you tell me | explain to me | i want to know
how do i | how can i | how would i | how could i | how should i | how am i to | what do i do to | what do i have to do to
how do you | how would you | how can you
can i | could i | may i | am i able to | is it possible to
can you | could you | are you able to | would you | will you
where can i | where do i | where could i | where should i
where is | where do i find | where can i see
do you have | have you got | is there
what happens if | what will happen if | what happens when | what comes after
what happens to | what do you do with | what becomes of | what about
what is | what would be | tell me | so what is
who are you | so who are you | who exactly are you | who am i talking to
your answer | your reply | your response | what you said
your answers | your replies | your responses | what you say
an answer | a reply | a response | one of your answers | one of your replies
reply | answer | response
replies | answers | responses
rate | judge | score | vote on | give a rating to | mark
correct | fix | improve | put right
wrong | not right | incorrect | bad | false
teach | show | train
retrain | train again | teach again
trained | taught | made | built
train | teach
model | version
new | fresh | different
previous | old | last | earlier
back | again
big | large | huge
small | little | tiny
data | messages | chats | words
private | secret | confidential
stored | saved | kept
computer | machine | pc | laptop
command | commands
page | website | site
start | launch | open | run
stop | end | quit
does not start | will not start | refuses to start | does not work | is broken | crashed
problem | trouble | error
help | assist
joke | funny joke | good joke
funny | good | nice
another one | one more | one more please | a second one
sad | down | unhappy | blue | low
really | so | very | truly
tired | exhausted | sleepy
stressed | under pressure | overwhelmed
happy | glad | excited | delighted
passed the test | got the job | won the game
today | this evening | this morning | tonight | right now | at the moment | these days
friend | best friend | buddy
boss | manager | chef
fight | argument | quarrel
stupid | dumb | useless | silly
bot | robot | chatbot | program | machine
bye | goodbye | see you | farewell
thanks | thank you | thanks a lot | thank you so much | many thanks
that was nice of you | that helped | you are kind | how nice
good night | night night | sleep well | nighty night
i must leave now | i have to go | i am leaving | i need to leave | time to go
not so good | not good | not great | not too well | pretty bad | rather bad
to be honest | honestly | i must say | i guess
good | fine | great | well
real human | real person | human being | person | human
feelings | emotions
name | real name
pills | medicine | tablets | pill
cough | headache | fever
weather | forecast
weekend | week | days
capital | capital city
do you know | do you happen to know | would you know | any idea
how old is | what is the age of
who won | which team won | who was the winner of
write me | write | compose | please write
essay | long text | article
about | on
mother | mom | mum
father | dad
like | love | enjoy
chat | talk
people | others | everybody
someone | somebody | an admin | a person
button | key
press | click | push | hit
thumbs down | the thumbs down | thumb down
maybe | perhaps
don't | do not
doesn't | does not
didn't | did not
can't | cannot | can not
won't | will not
isn't | is not
i'm | i am
it's | it is
what's | what is
you're | you are
i'd like | i would like | i want
anymore | any more | any longer
sure | certain | really sure | positive
yes | yes please | yeah | sure
no | no thanks | nope
ok | okay | alright
`;

/** What stands before a request and changes nothing. */
const FRAMES = [
  "please, ",
  "hey, ",
  "tell me, ",
  "quick question: ",
  "i wonder, ",
  "just curious, ",
  "one question: ",
  "by the way, ",
  "can i ask you something? ",
  "listen, ",
  "zero, ",
  "hello zero, ",
  "sorry, ",
  "i have a question. ",
  "honestly, ",
];
const TAILS = [
  " please",
  " exactly",
  " roughly",
  " actually",
  ", zero",
  " then",
  " by the way",
  ", my friend",
];

const groups = GROUPS.trim()
  .split("\n")
  .map((line) => line.split("|").map((phrase) => phrase.trim()));
const phrases = groups
  .flatMap((group) => group.map((phrase) => ({ phrase, group })))
  .sort((a, b) => b.phrase.length - a.phrase.length); // the longest that fits is meant
const groupOf = new Map(phrases.toReversed().map(({ phrase, group }) => [phrase, group]));
const PHRASE = new RegExp(`\\b(${phrases.map(({ phrase }) => phrase).join("|")})\\b`, "g");

/** `text` in other words, or as it is. */
export function reword(text: string, random: Random): string {
  if (random.next() >= SHARE_REWORDED) return text;
  let said = text.replace(PHRASE, (found: string) => {
    const group = groupOf.get(found) ?? [found];
    return random.next() < SHARE_EXCHANGED ? pick(group, random) : found;
  });
  if (random.next() < SHARE_LOST) said = withoutOneWord(said, random);
  const isRequest = said.split(" ").length > 3;
  if (isRequest && random.next() < SHARE_FRAMED) said = pick(FRAMES, random) + said;
  if (isRequest && random.next() < SHARE_TAILED) said = withTail(said, pick(TAILS, random));
  return said;
}

/** People swallow small words: "where my data go". */
function withoutOneWord(text: string, random: Random): string {
  const words = text.split(" ");
  if (words.length < 5) return text;
  const small = words.flatMap((word, index) => (word.length <= 3 ? [index] : []));
  const lost = small[random.below(small.length)];
  return words.filter((_, index) => index !== lost).join(" ");
}

function withTail(text: string, tail: string): string {
  return /[?!.]$/.test(text) ? text.slice(0, -1) + tail + text.slice(-1) : text + tail;
}

function pick(items: readonly string[], random: Random): string {
  return items[random.below(items.length)] ?? "";
}
