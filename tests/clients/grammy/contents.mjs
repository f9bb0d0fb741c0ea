// What has no file: contacts, places, dice, actions.
import { is, ok, same } from "../expect.mjs";
import { check } from "../tour.mjs";
import { ann } from "../world.mjs";

export function contents(t) {
  check(t, "a contact keeps its number and names", async () => {
    const { contact } = await t.api.sendContact(ann, "+4930123456", "Ada", {
      last_name: "Byron",
      vcard: "BEGIN:VCARD\nEND:VCARD",
    });
    same(
      [contact.phone_number.replace("+", ""), contact.first_name, contact.last_name],
      ["4930123456", "Ada", "Byron"],
    );
  });

  check(t, "a place keeps its coordinates, a venue has a place, too", async () => {
    const { location } = await t.api.sendLocation(ann, 52.5, 13.4, { horizontal_accuracy: 25 });
    ok(Math.abs(location.latitude - 52.5) < 1e-4 && Math.abs(location.longitude - 13.4) < 1e-4);
    is(location.horizontal_accuracy, 25);
    const sent = await t.api.sendVenue(ann, 52.5, 13.4, "Café", "Street 1", {
      foursquare_id: "f1",
    });
    same(
      [sent.venue.title, sent.venue.address, sent.venue.foursquare_id],
      ["Café", "Street 1", "f1"],
    );
    ok(Math.abs(sent.venue.location.latitude - 52.5) < 1e-4 && sent.location);
    await t.refused(() => t.api.sendLocation(ann, 91, 0), 400, /^Bad Request: /);
  });

  check(t, "a die has a value within its kind", async () => {
    for (const [emoji, most] of [
      ["🎲", 6],
      ["🏀", 5],
      ["🎰", 64],
    ]) {
      const { dice } = await t.api.sendDice(ann, emoji);
      is(dice.emoji, emoji);
      ok(dice.value >= 1 && dice.value <= most);
    }
  });

  check(t, "a chat action is taken", async () => {
    is(await t.api.sendChatAction(ann, "upload_photo"), true);
  });
}
