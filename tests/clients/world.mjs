// The world that every tour begins with, and what its people do. They are driven by the control
// API, as somebody with a phone would be.
export const ann = 501;
export const bob = 502;
export const me = {
  id: 7001,
  username: "tour_bot",
  token: "7001:AAtest-token_of_the_client_tests",
};
export const colleague = {
  id: 7002,
  username: "colleague_bot",
  token: "7002:AAtest-token_of_a_second_bot",
};
export const news = -1000000000010; // a public channel, @news
export const archive = -1000000000011; // a private one
export const talk = -1000000000020; // a supergroup, @talk, where the bot is an administrator
export const forum = -1000000000030; // a supergroup with topics, where the bot is an administrator
export const kitchen = -77; // a basic group, where it is a plain member

// Telegram's limits as they are known, without its accidents.
const nothing = [
  "trouble_as_429",
  "html_after",
  "reset_before",
  "reset_after",
  "answer_lost",
  "slow",
  "redeliver",
  "outage_every_ms",
];
export const realistic = {
  name: "realistic",
  faults: Object.fromEntries(nothing.map((each) => [each, 0])),
};

export async function settle(sim) {
  await sim.post("world", {
    users: [
      { id: ann, name: "Ann", username: "ann", language: "en" },
      { id: bob, name: "Bob", last_name: "Stone", username: "bob" },
    ],
    bots: [me, colleague].map(({ id, username, token }) => ({ id, username, token })),
    chats: [
      { id: news, title: "News", username: "news", admins: [me.username, colleague.username] },
      { id: archive, title: "Archive", admins: [me.username] },
      {
        id: talk,
        title: "Talk",
        username: "talk",
        type: "supergroup",
        creator: "ann",
        members: [bob],
        admins: [me.username],
      },
      {
        id: forum,
        title: "Forum",
        type: "supergroup",
        forum: true,
        creator: "ann",
        members: [bob],
        admins: [me.username],
      },
      { id: kitchen, title: "Kitchen", type: "group", members: ["ann", bob, me.username] },
    ],
    starts: [
      { user: "ann", bot: me.username },
      { user: bob, bot: me.username },
      { user: "ann", bot: colleague.username },
    ],
  });
}

// People and channels as a test steers them. A chat above zero is a private chat with the bot.
export function world(sim) {
  const at = (chat, tail = "") =>
    `chats/${chat}${tail}${chat > 0 ? `${tail.includes("?") ? "&" : "?"}bot=${me.username}` : ""}`;
  const write = (chat, body) =>
    sim.post(at(chat, "/messages"), body).then((made) => made.message_id);
  return {
    // In a private chat the person writes, a channel posts by itself; in a group `from` says who.
    say: (chat, text, more = {}) => write(chat, { text, ...more }),
    edit: (chat, message, body) => sim.put(at(chat, `/messages/${message}`), body),
    remove: (chat, message) => sim.remove(at(chat, `/messages/${message}`)),
    history: (chat) => sim.get(at(chat, "/messages")),
    message: (chat, message) => sim.get(at(chat, `/messages/${message}`)),
    vote: (chat, message, from, options) =>
      sim.post(at(chat, `/messages/${message}/votes`), { from, options }),
    // Answers the press; what the bot said to it is in answered(), once it is there.
    press: (chat, message, data, from = chat) =>
      sim.post(at(chat, `/messages/${message}/press`), { from, data }),
    answered: async (press) => (await sim.get(`presses/${press.id}`)).answer,
    pin: (chat, message, from) => sim.put(at(chat, `/messages/${message}/pin?from=${from}`)),
    react: (chat, message, from, emoji) =>
      sim.put(at(chat, `/messages/${message}/reaction`), { from, emoji }),
    member: (chat, body) => sim.put(`chats/${chat}/members`, body),
    block: (user, blocked = true) => sim.post("blocks", { user, bot: me.username, blocked }),
  };
}
