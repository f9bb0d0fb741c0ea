"""What the generated posts are made of: words of many scripts, emoji, and small programs."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class language:
    code: str
    channels: list  # titles
    words: list
    more: str       # the text of a link at the end
    stop: str = '.'  # ends a sentence
    gap: str = ' '   # between words
    pause: str = ' '  # between sentences


def _language(code, channels, more, words, **marks):
    return language(code, channels.split(' / '), words.split(), more, **marks)


LANGUAGES = [
    _language(
        'en', 'The Harbour Post / Night Shift / Field Notes', 'Read on',
        'a the of in on with from after before under city river bridge morning engineers release '
        'measured archive harbour new quiet version storage winter report open index library '
        'counted found built moved answered late light network signal paper letters'),
    _language(
        'ru', 'Городские новости / Открытый код / Ночная смена', 'Читать далее',
        'и в на с после перед город река мост утром инженеры выпуск новая версия хранилище зима '
        'отчёт открыли библиотека нашли построили переехали ответили поздно свет сеть сигнал '
        'бумага письма подробности сегодня ещё объём журнал архив'),
    _language(
        'ar', 'أخبار المدينة / دفتر الليل', 'اقرأ المزيد',
        'في من على بعد قبل المدينة النهر الجسر صباحًا المهندسون إصدار جديد التخزين الشتاء تقرير '
        'فتحوا المكتبة وجدوا بنوا انتقلوا أجابوا متأخر الضوء الشبكة إشارة ورق رسائل اليوم'),
    _language(
        'hi', 'शहर समाचार / खुला ज्ञान', 'आगे पढ़ें',
        'और में पर से के बाद पहले शहर नदी पुल सुबह इंजीनियर नया संस्करण भंडार सर्दी रिपोर्ट खुला '
        'पुस्तकालय मिला बनाया उत्तर देर प्रकाश नेटवर्क संकेत काग़ज़ पत्र आज क्षेत्र', stop='।'),
    _language(
        'zh', '城市晚报 / 开源周刊', '阅读全文',
        '城市 河流 桥梁 早晨 工程师 发布 新版本 存储 冬天 报告 开放 图书馆 发现 建造 搬到 回答 '
        '很晚 光线 网络 信号 纸张 信件 今天 以后 之前 我们 在 的 了 𠮷野 𡃁', stop='。', gap='', pause=''),
    _language(
        'ja', '港の便り / 夜の手帖', '続きを読む',
        '都市 川 橋 朝に エンジニアは 公開した 新しい バージョン 冬の レポート 図書館で 見つけた '
        '答えは 遅い 光 ネットワーク 信号を 手紙 今日 から まで そして が を に の', stop='。', gap='', pause=''),
    _language(
        'ko', '항구 소식', '더 읽기',
        '도시 강 다리 아침에 기술자들이 공개했다 새로운 버전 저장소 겨울 보고서 도서관에서 찾았다 '
        '대답 늦게 빛 네트워크 신호를 종이 편지 오늘 이후 그리고'),
    _language(
        'he', 'חדשות הנמל', 'להמשך קריאה',
        'העיר הנהר הגשר בבוקר המהנדסים גרסה חדשה אחסון חורף דוח פתחו ספרייה מצאו בנו ענו מאוחר '
        'אור רשת אות נייר מכתבים היום אחרי לפני'),
    _language(
        'de', 'Hafenblatt / Nachtschicht', 'Weiterlesen',
        'und im auf mit nach vor Stadt Fluss Brücke morgens Ingenieurinnen Fassung Speicher Winter '
        'Übersicht geöffnet Bücherei gefunden gebaut größer später Licht Netz Zeichen Papier '
        'Briefe heute außerdem'),
    _language(
        'th', 'ข่าวท่าเรือ', 'อ่านต่อ',
        'เมือง แม่น้ำ สะพาน ตอนเช้า วิศวกร รุ่นใหม่ ที่เก็บ ฤดูหนาว รายงาน เปิด ห้องสมุด พบ สร้าง '
        'ตอบ สาย แสง เครือข่าย สัญญาณ กระดาษ จดหมาย วันนี้', stop='', gap=''),
]

# Plain, with a variation selector, flags (two regional indicators, or tags), skin tones,
# keycaps, and sequences joined by ZWJ: up to 14 UTF-16 code units that are one character.
EMOJI = ('🚀 📌 🔥 ⚡️ ❗️ ☀️ 🇩🇪 🇯🇵 🇧🇷 🇺🇦 🏴󠁧󠁢󠁳󠁣󠁴󠁿 👍🏽 ✌🏿 1️⃣ #️⃣ 👨‍👩‍👧‍👦 👩🏽‍💻 🏳️‍🌈 🤷‍♂️ ❤️‍🔥 🧑🏿‍🚀 😶‍🌫️ '
         '𝗡𝗲𝘄').split()

PROGRAMS = [
    ('python', 'for post in posts:\n    print(post["text"])'),
    ('go', 'func main() {\n    fmt.Println("post")\n}'),
    ('', '$ make all\ncc -O2 -o relay relay.c'),
]
NAMES = 'fsync() | epoll_wait | std::string | GET /bot | x < 10 | &amp; | O(n)'.split(' | ')
SITES = ['https://example.org/', 'https://news.example.com/2024/', 'http://example.net/a?q=1&id=',
         'https://t.me/some_channel/']
