"""Writes the corpus of mails that tests/mail_corpus.rs reads: shapes of common programs in many languages, with own words and invented people.

Run from the root of the repository: python3 tests/tools/mail_corpus.py. Mails that are no shape but a case stand in the folder already, or below as
`case(…)`. Each `NAME.eml` has a `NAME.expected`: fields (`nature`, `files`, `remark`, `bounce`, `quoted`, `trust`), an empty line, and the text."""
import base64, os, quopri, sys

FOLDER = os.path.join("tests", "fixtures", "mail")
count = 0


def write(name, mail, text, **fields):
    global count
    count += 1
    if isinstance(mail, str):
        mail = mail.encode("utf-8")
    head = "".join(f"{key}: {value}\n" for key, value in fields.items())
    with open(os.path.join(FOLDER, name + ".eml"), "wb") as file:
        file.write(mail)
    with open(os.path.join(FOLDER, name + ".expected"), "w", encoding="utf-8") as file:
        file.write(head + "\n" + text.strip("\n") + "\n")


HEAD = "From: Anna Novak <anna@customer.example>\r\nTo: help@house.example\r\nSubject: Re: Order\r\nMessage-ID: <m{n}@customer.example>\r\nIn-Reply-To: <q1@house.example>\r\nDate: Tue, 04 Jun 2024 09:12:00 +0200\r\nMIME-Version: 1.0\r\n"


def head(extra=""):
    return HEAD.replace("{n}", str(count + 1)) + extra


def crlf(text):
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def coded(kind, text, coding="8bit", charset="utf-8"):
    raw = crlf(text).encode(charset)
    if coding == "base64":
        raw = base64.encodebytes(raw)
    elif coding == "quoted-printable":
        raw = quopri.encodestring(raw)
    return f'Content-Type: {kind}; charset="{charset}"\r\nContent-Transfer-Encoding: {coding}\r\n\r\n'.encode() + raw


def plain(text, **more):
    return head().encode() + coded("text/plain", text, **more)


def page(html, **more):
    return head().encode() + coded("text/html", html, **more)


def both(text, html, **more):
    mark = "=_alt_1"
    return head(f'Content-Type: multipart/alternative; boundary="{mark}"\r\n\r\n').encode() + b"".join(
        f"--{mark}\r\n".encode() + part + b"\r\n" for part in (coded("text/plain", text, **more), coded("text/html", html, **more))
    ) + f"--{mark}--\r\n".encode()


# What is said, per language: greeting, sentence, sentence, goodbye. And how programs speak it.
# (code, words, gmail line, outlook fields, apple line, phone line, original)
ME, ADDRESS = "Shop Team", "help@house.example"
L = {
    "en": (["Hello,", "the parcel has not arrived yet.", "Can you check where it is?", "Thank you, Anna"], "On Mon, Jun 3, 2024 at 10:15 AM {me} <{ad}> wrote:", ("From", "Sent", "To", "Subject"), "On 3 Jun 2024, at 10:15, {me} <{ad}> wrote:", "Sent from my iPhone", "Original Message"),
    "de": (["Guten Tag,", "das Paket ist noch nicht angekommen.", "Können Sie bitte nachsehen?", "Viele Grüße, Anna"], "Am Mo., 3. Juni 2024 um 10:15 Uhr schrieb {me} <{ad}>:", ("Von", "Gesendet", "An", "Betreff"), "Am 03.06.2024 um 10:15 schrieb {me} <{ad}>:", "Von meinem iPhone gesendet", "Ursprüngliche Nachricht"),
    "fr": (["Bonjour,", "le colis n'est pas encore arrivé.", "Pouvez-vous vérifier ?", "Merci, Anna"], "Le lun. 3 juin 2024 à 10:15, {me} <{ad}> a écrit :", ("De", "Envoyé", "À", "Objet"), "Le 3 juin 2024 à 10:15, {me} <{ad}> a écrit :", "Envoyé de mon iPhone", "Message d'origine"),
    "es": (["Hola,", "el paquete aún no ha llegado.", "¿Pueden comprobarlo?", "Gracias, Anna"], "El lun, 3 jun 2024 a las 10:15, {me} (<{ad}>) escribió:", ("De", "Enviado", "Para", "Asunto"), "El 3 jun 2024, a las 10:15, {me} <{ad}> escribió:", "Enviado desde mi iPhone", "Mensaje original"),
    "pt": (["Olá,", "a encomenda ainda não chegou.", "Podem verificar?", "Obrigada, Anna"], "{me} <{ad}> escreveu (segunda, 3/06/2024 à(s) 10:15):", ("De", "Enviada em", "Para", "Assunto"), "Em 3 de jun. de 2024, à(s) 10:15, {me} <{ad}> escreveu:", "Enviado do meu iPhone", "Mensagem original"),
    "it": (["Buongiorno,", "il pacco non è ancora arrivato.", "Potete controllare?", "Grazie, Anna"], "Il giorno lun 3 giu 2024 alle ore 10:15 {me} <{ad}> ha scritto:", ("Da", "Inviato", "A", "Oggetto"), "Il giorno 3 giu 2024, alle ore 10:15, {me} <{ad}> ha scritto:", "Inviato da iPhone", "Messaggio originale"),
    "nl": (["Hallo,", "het pakket is nog niet aangekomen.", "Kunt u dat nakijken?", "Bedankt, Anna"], "Op ma 3 jun 2024 om 10:15 schreef {me} <{ad}>:", ("Van", "Verzonden", "Aan", "Onderwerp"), "Op 3 jun 2024, om 10:15 heeft {me} <{ad}> het volgende geschreven:", "Verstuurd vanaf mijn iPhone", "Oorspronkelijk bericht"),
    "sv": (["Hej,", "paketet har inte kommit än.", "Kan ni titta på det?", "Tack, Anna"], "Den mån 3 juni 2024 kl 10:15 skrev {me} <{ad}>:", ("Från", "Skickat", "Till", "Ämne"), "3 juni 2024 kl. 10:15 skrev {me} <{ad}>:", "Skickat från min iPhone", "Ursprungligt meddelande"),
    "da": (["Hej,", "pakken er ikke kommet endnu.", "Kan I se efter?", "Tak, Anna"], "Den man. 3. jun. 2024 kl. 10.15 skrev {me} <{ad}>:", ("Fra", "Sendt", "Til", "Emne"), "Den 3. jun. 2024 kl. 10.15 skrev {me} <{ad}>:", "Sendt fra min iPhone", "Oprindelig meddelelse"),
    "fi": (["Hei,", "paketti ei ole vielä saapunut.", "Voitteko tarkistaa?", "Kiitos, Anna"], "ma 3. kesäk. 2024 klo 10.15 {me} ({ad}) kirjoitti:", ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"), "{me} <{ad}> kirjoitti 3.6.2024 kello 10.15:", "Lähetetty iPhonesta", "Alkuperäinen viesti"),
    "pl": (["Dzień dobry,", "paczka jeszcze nie dotarła.", "Czy mogą Państwo sprawdzić?", "Dziękuję, Anna"], "pon., 3 cze 2024 o 10:15 {me} <{ad}> napisał(a):", ("Od", "Wysłano", "Do", "Temat"), "Wiadomość napisana przez {me} <{ad}> w dniu 03.06.2024, o godz. 10:15:", "Wysłane z iPhone'a", "Oryginalna wiadomość"),
    "cs": (["Dobrý den,", "balík ještě nedorazil.", "Můžete to ověřit?", "Děkuji, Anna"], "po 3. 6. 2024 v 10:15 odesílatel {me} <{ad}> napsal:", ("Od", "Odesláno", "Komu", "Předmět"), "3. 6. 2024 v 10:15, {me} <{ad}>:", "Odesláno z iPhonu", "Původní zpráva"),
    "hu": (["Jó napot,", "a csomag még nem érkezett meg.", "Meg tudják nézni?", "Köszönöm, Anna"], "{me} <{ad}> ezt írta (időpont: 2024. jún. 3., H, 10:15):", ("Feladó", "Elküldve", "Címzett", "Tárgy"), "2024. jún. 3. dátummal, 10:15 időpontban {me} <{ad}> írta:", "Az iPhone-omról küldve", "Eredeti üzenet"),
    "ro": (["Bună ziua,", "coletul nu a ajuns încă.", "Puteți verifica?", "Mulțumesc, Anna"], "În lun., 3 iun. 2024 la 10:15, {me} <{ad}> a scris:", ("De la", "Trimis", "Către", "Subiect"), "Pe 3 iun. 2024, la 10:15, {me} <{ad}> a scris:", "Trimis de pe iPhone", "Mesaj original"),
    "tr": (["Merhaba,", "paket henüz gelmedi.", "Kontrol edebilir misiniz?", "Teşekkürler, Anna"], "{me} <{ad}>, 3 Haz 2024 Pzt, 10:15 tarihinde şunu yazdı:", ("Kimden", "Gönderildi", "Kime", "Konu"), "{me} <{ad}> şunları yazdı (3 Haz 2024 10:15):", "iPhone'umdan gönderildi", "Orijinal İleti"),
    "ru": (["Здравствуйте,", "посылка ещё не пришла.", "Можете проверить?", "Спасибо, Анна"], "пн, 3 июн. 2024 г. в 10:15, {me} <{ad}>:", ("От", "Отправлено", "Кому", "Тема"), "3 июня 2024 г., в 10:15, {me} <{ad}> написал(а):", "Отправлено с iPhone", "Исходное сообщение"),
    "uk": (["Добрий день,", "посилка ще не прийшла.", "Можете перевірити?", "Дякую, Анна"], "пн, 3 черв. 2024 р. о 10:15 {me} <{ad}> пише:", ("Від", "Надіслано", "Кому", "Тема"), "3 черв. 2024 р., о 10:15, {me} <{ad}> написав(-ла):", "Надіслано з iPhone", "Оригінальне повідомлення"),
    "el": (["Γεια σας,", "το δέμα δεν έχει φτάσει ακόμα.", "Μπορείτε να ελέγξετε;", "Ευχαριστώ, Άννα"], "Στις Δευ 3 Ιουν 2024 στις 10:15 π.μ., ο/η {me} <{ad}> έγραψε:", ("Από", "Στάλθηκε", "Προς", "Θέμα"), "Στις 3 Ιουν 2024, στις 10:15, ο χρήστης {me} <{ad}> έγραψε:", "Στάλθηκε από το iPhone μου", "Αρχικό μήνυμα"),
    "ja": (["こんにちは。", "荷物がまだ届いていません。", "確認していただけますか。", "よろしくお願いします。アンナ"], "2024年6月3日(月) 10:15 {me} <{ad}>:", ("差出人", "送信日時", "宛先", "件名"), "2024/06/03 10:15、{me} <{ad}>のメール:", "iPhoneから送信", "元のメッセージ"),
    "zh": (["您好，", "包裹还没有到。", "可以帮我查一下吗？", "谢谢，安娜"], "{me} <{ad}> 于2024年6月3日周一 10:15写道：", ("发件人", "发送时间", "收件人", "主题"), "在 2024年6月3日，10:15，{me} <{ad}> 写道：", "发自我的 iPhone", "原始邮件"),
    "ko": (["안녕하세요.", "소포가 아직 도착하지 않았습니다.", "확인해 주시겠어요?", "감사합니다. 안나"], "2024년 6월 3일 (월) 오전 10:15, {me} <{ad}>님이 작성:", ("보낸 사람", "보낸 날짜", "받는 사람", "제목"), "2024. 6. 3. 10:15, {me} <{ad}> 작성:", "나의 iPhone에서 보냄", "원본 메시지"),
    "ar": (["مرحبا،", "لم تصل الطرود بعد.", "هل يمكنكم التحقق؟", "شكرا، آنا"], "في الاثنين، 3 يونيو 2024 في 10:15 ص تمت كتابة ما يلي بواسطة {me} <{ad}>:", ("من", "تم الإرسال", "إلى", "الموضوع"), "في ٣ يونيو ٢٠٢٤، الساعة ١٠:١٥، كتب {me} <{ad}>:", "أُرسلت من الـ iPhone", "الرسالة الأصلية"),
    "he": (["שלום,", "החבילה עדיין לא הגיעה.", "תוכלו לבדוק?", "תודה, אנה"], "‫בתאריך יום ב׳, 3 ביוני 2024 ב-10:15 מאת ‪{me}‬‏ <‪{ad}‬‏>:‬", ("מאת", "נשלח", "אל", "נושא"), "ב-3 ביוני 2024, בשעה 10:15, ‏{me} <{ad}> כתב/ה:", "נשלח מה-iPhone שלי", "הודעה מקורית"),
    "vi": (["Xin chào,", "gói hàng vẫn chưa đến.", "Bạn có thể kiểm tra không?", "Cảm ơn, Anna"], "Vào Th 2, 3 thg 6, 2024 vào lúc 10:15 {me} <{ad}> đã viết:", ("Từ", "Đã gửi", "Tới", "Chủ đề"), "Vào 10:15, Th 2, 3 thg 6, 2024 {me} <{ad}> đã viết:", "Đã gửi từ iPhone của tôi", "Thư gốc"),
    "id": (["Halo,", "paketnya belum sampai.", "Bisa tolong dicek?", "Terima kasih, Anna"], "Pada Sen, 3 Jun 2024 pukul 10.15 {me} <{ad}> menulis:", ("Dari", "Dikirim", "Kepada", "Subjek"), "Pada 3 Jun 2024 10.15, {me} <{ad}> menulis:", "Dikirim dari iPhone saya", "Pesan asli"),
}
QUOTE = ["We have sent your order.", "", "It will arrive within three days.", "", "Your Shop Team"]
SUBJECT = "Your order 4711"


def say(words):
    return f"{words[0]}\n\n{words[1]}\n{words[2]}\n\n{words[3]}"


def say_html(words, tag="div"):
    return f"<{tag}>{words[0]}</{tag}><{tag}><br></{tag}><{tag}>{words[1]}</{tag}><{tag}>{words[2]}</{tag}><{tag}><br></{tag}><{tag}>{words[3]}</{tag}>"


def quoted():
    return "\n".join(("> " + line).rstrip() for line in QUOTE)


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def named(template):
    return template.replace("{me}", ME).replace("{ad}", ADDRESS)


def wrapped(line, width=60):
    at = line.rfind(" ", 0, width)
    return line if len(line) <= width or at < 0 else line[:at] + "\n" + line[at + 1 :]


def outlook(fields, bold=False):
    values = (f"{ME} <{ADDRESS}>", "Monday, June 3, 2024 10:15 AM", "Anna Novak <anna@customer.example>", SUBJECT)
    return "\n".join(f"{'*' if bold else ''}{key}:{'*' if bold else ''} {value}" for key, value in zip(fields, values))


def languages():
    for n, (code, (words, gmail, fields, apple, phone, original)) in enumerate(L.items()):
        text, gmail, apple = say(words), named(gmail), named(apple)
        # Gmail in the browser: both parts, the line above the quote often broken.
        html = f'<div dir="ltr">{say_html(words)}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{escaped(gmail)}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"><p>{"<br>".join(QUOTE)}</p></blockquote></div>'
        write(f"gmail-{code}", both(f"{text}\n\n{wrapped(gmail)}\n\n{quoted()}\n", html, coding="quoted-printable" if n % 2 else "base64"), text, quoted="yes")
        # Outlook: fields without any sign of a quote.
        if n % 2:
            write(f"outlook-text-{code}", plain(f"{text}\n\n{'_' * 32}\n{outlook(fields)}\n\n" + "\n".join(QUOTE) + "\n"), text, quoted="yes")
        else:
            block = "<br>".join(f"<b>{escaped(line.split(':')[0])}:</b>{escaped(line.split(':', 1)[1])}" for line in outlook(fields).split("\n"))
            said = "".join(f'<p class="MsoNormal">{word or "&nbsp;"}<o:p></o:p></p>' for word in text.split("\n"))
            write(f"outlook-page-{code}", page(f'<html><head><style>p.MsoNormal{{margin:0cm}}</style></head><body lang="X"><div class="WordSection1">{said}<p class="MsoNormal"><o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">{block}<o:p></o:p></p></div></div><p class="MsoNormal">{"<br>".join(QUOTE)}</p></div></body></html>', coding="quoted-printable"), text, quoted="yes")
        # A telephone: its line, then the line above the quote.
        write(f"iphone-{code}", plain(f"{text}\n\n{phone}\n\n> {apple}\n> \n{quoted()}\n") if n % 2 else plain(f"{text}\n\n{phone}\n\n{apple}\n\n{quoted()}\n", coding="base64"), text, quoted="yes")
        # Others that say "original message" between dashes.
        if n % 3 == 0:
            write(f"original-{code}", plain(f"{text}\n\n-------- {original} --------\n{outlook(fields)}\n\n" + "\n".join(QUOTE) + "\n"), text, quoted="yes")


def programs():
    words = L["en"][0]
    text, said = say(words), say_html(words)
    quote = "<br>".join(QUOTE)
    line = named(L["en"][1])
    apple = named(L["en"][3])
    pages = {
        "apple-mail": f'<html><body style="overflow-wrap: break-word;">{said}<div><br><blockquote type="cite"><div>{escaped(apple)}</div><br class="Apple-interchange-newline"><div>{quote}</div></blockquote></div><br></body></html>',
        "iphone-page": f'<html><body dir="auto">{said}<div><br></div><div id="lineBreakAtBeginningOfSignature"></div><div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">{escaped(apple)}<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">{quote}</div></blockquote></body></html>',
        "outlook-web": f'<html><body dir="ltr"><div class="elementToProof" style="font-size: 12pt;">{said}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font><b>From:</b> {ME} &lt;{ADDRESS}&gt;<br><b>Sent:</b> Monday, June 3, 2024 10:15 AM<br><b>To:</b> Anna<br><b>Subject:</b> {SUBJECT}</font><div>&nbsp;</div></div><div>{quote}</div></body></html>',
        "outlook-web-unknown-language": f'<html><body dir="ltr"><div>{said}</div><div id="Signature"><p>Anna Novak<br>Purchasing</p></div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg" dir="ltr"><b>Oo:</b> {ME}<br><b>Aa:</b> xx</div><div>{quote}</div></body></html>',
        "outlook-mobile": f'<html><body><div dir="ltr">{said}</div><div id="ms-outlook-mobile-signature"><div><br></div>Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div><hr><div id="divRplyFwdMsg" dir="ltr"><b>From:</b> {ME}<br><b>Sent:</b> Monday<br></div><div>{quote}</div></body></html>',
        "outlook-mobile-new": f'<html><body><div style="font-family: Aptos;">{said}</div><div id="mail-editor-reference-message-container"><div class="ms-outlook-mobile-reference-message"><div style="border-top: 1pt solid #b5c4df; padding: 3pt 0in 0in"><b>From:</b> {ME}<br><b>Date:</b> Monday, June 3, 2024 at 10:15<br></div>{quote}</div></div></body></html>',
        "thunderbird": f'<html><body>{said}<br><div class="moz-cite-prefix">On 6/3/24 10:15, {ME} wrote:<br></div><blockquote type="cite" cite="mid:q1@house.example"><p>{quote}</p></blockquote><pre class="moz-signature" cols="72">-- \nAnna Novak\n+49 30 000000</pre></body></html>',
        "yahoo": f'<html><body><div class="ydp1yahoo-style-wrap"><div dir="ltr">{said}</div></div><div id="yahoo_quoted_123" class="yahoo_quoted"><div><div>On Monday, June 3, 2024 at 10:15:00 AM GMT+2, {ME} &lt;{ADDRESS}&gt; wrote: </div><div><br></div><div>{quote}</div></div></div></body></html>',
        "proton": f'<div style="font-family: Arial;">{said}</div><div class="protonmail_signature_block"><div class="protonmail_signature_block-proton">Sent with <a href="https://proton.me/">Proton Mail</a> secure email.</div></div><div class="protonmail_quote">On Monday, June 3rd, 2024 at 10:15 AM, {ME} &lt;{ADDRESS}&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">{quote}</blockquote><br></div>',
        "k9": f'<html><body>{said}<br><br><div class="gmail_quote">Am 3. Juni 2024 10:15:00 MESZ schrieb {ME} &lt;{ADDRESS}&gt;:<blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex; border-left: 1px solid rgb(204, 204, 204);"><pre class="k9mail">{chr(10).join(QUOTE)}</pre></blockquote></div></body></html>',
        "fairemail": f'<html><body><div>{said}</div><div fairemail="reference"><p>3 Jun 2024 10:15:00 {ME} &lt;{ADDRESS}&gt;:</p><blockquote style="border-left: 3px solid #ccc; padding-left: 3px">{quote}</blockquote></div></body></html>',
        "zoho": f'<div style="font-family: Verdana;">{said}<br></div><div class="zmail_extra"><div id="Zm-_Id_-Sgn1">---- On Mon, 03 Jun 2024 10:15:00 +0200 <b>{ME} &lt;{ADDRESS}&gt;</b> wrote ---<br></div><br><blockquote style="margin: 0px;">{quote}</blockquote></div>',
        "gmx": f'<html><body><div style="font-family: Verdana;">{said}<div>&nbsp;<div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5;"><div><b>Gesendet:</b> Montag, 03. Juni 2024 um 10:15 Uhr<br/><b>Von:</b> &quot;{ME}&quot; &lt;{ADDRESS}&gt;<br/><b>An:</b> anna@customer.example<br/><b>Betreff:</b> {SUBJECT}</div><div name="quoted-content">{quote}</div></div></div></div></body></html>',
        "roundcube": f'<html><body>{said}<div id="_rc_sig"></div><p id="reply-intro">On 2024-06-03 10:15, {ME} wrote:</p><blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0"><div>{quote}</div></blockquote></body></html>',
        "samsung": f'<html><body><div dir="auto">{said}</div><div id="composer_signature" dir="auto"><div style="font-size:12px;color:#575757">Sent from my Galaxy</div></div><div dir="auto"><br></div><div align="left" dir="auto" style="font-size:100%;color:#000000"><div>-------- Original message --------</div><div>From: {ME} &lt;{ADDRESS}&gt; </div><div>Date: 03/06/2024  10:15  (GMT+01:00) </div><div>To: anna@customer.example </div><div>Subject: {SUBJECT} </div><div><br></div></div>{quote}</body></html>',
        "yandex": f'<div>{said}</div><div><br></div><div>03.06.2024, 10:15, "{ME}" &lt;{ADDRESS}&gt;:</div><blockquote><p>{quote}</p></blockquote>',
        "qq": f'<div>{said}</div><div><br></div><div style="font-size: 12px;padding:2px 0 2px 0;">------------------&nbsp;原始邮件&nbsp;------------------</div><div style="font-size: 12px;background:#efefef;padding:8px;"><div><b>发件人:</b>&nbsp;"{ME}"&lt;{ADDRESS}&gt;;</div><div><b>发送时间:</b>&nbsp;2024年6月3日(星期一) 上午10:15</div><div><b>收件人:</b>&nbsp;"anna";</div><div><b>主题:</b>&nbsp;{SUBJECT}</div></div><div>{quote}</div>',
        "tutanota": f'<div>{said}</div><div><br></div><div>3 Jun 2024, 10:15 by {ADDRESS}:</div><blockquote class="tutanota_quote" style="border-left: 1px solid #93A3B8;">{quote}</blockquote>',
        "spark": f'<html><body><div name="messageBodySection">{said}</div><div name="messageSignatureSection"><br>Anna Novak<br>Purchasing</div><div name="messageReplySection">On 3 Jun 2024, 10:15 +0200, {ME} &lt;{ADDRESS}&gt;, wrote:<br><blockquote type="cite" style="border-left: thin solid #1abc9c;">{quote}</blockquote></div></body></html>',
        "gmail-signature": f'<div dir="ltr">{said}<div><br clear="all"></div><div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature"><div>Anna Novak<br>Customer Ltd.</div></div></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{escaped(line)}<br></div><blockquote class="gmail_quote">{quote}</blockquote></div>',
        "outlook-mac": f'<html><body><div><p class="MsoNormal">{"</p><p class=MsoNormal>".join(text.replace(chr(10)*2, chr(10)+"&nbsp;"+chr(10)).split(chr(10)))}</p></div><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal"><b><span>From: </span></b><span>{ME} &lt;{ADDRESS}&gt;<br><b>Date: </b>Monday, June 3, 2024 at 10:15<br><b>To: </b>Anna<br><b>Subject: </b>{SUBJECT}</span></p></div><div>{quote}</div></body></html>',
        "indented-words-stay": None,
    }
    for name, html in pages.items():
        if html:
            write(f"page-{name}", page(html, coding="quoted-printable"), text, quoted="yes")
    texts = {
        "mutt": f"{text}\n\nOn Mon, Jun 03, 2024 at 10:15:00AM +0200, {ME} wrote:\n{quoted()}\n\n-- \nAnna Novak\nhttps://customer.example\n",
        "gnus": f"{ME} <{ADDRESS}> writes:\n\n{quoted()}\n\n{text}\n",
        "thunderbird-bottom": f"On 6/3/24 10:15, {ME} wrote:\n{quoted()}\n\n{text}\n\n-- \nAnna\n",
        "outlook-plain": f"{text}\n\n-----Original Message-----\nFrom: {ME} <{ADDRESS}> \nSent: Monday, June 3, 2024 10:15 AM\nTo: Anna Novak <anna@customer.example>\nSubject: {SUBJECT}\n\n" + "\n".join(QUOTE),
        "outlook-ios": f"{text}\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: {ME} <{ADDRESS}>\nSent: Monday, June 3, 2024 10:15:00 AM\nTo: anna@customer.example <anna@customer.example>\nSubject: {SUBJECT}\n\n" + "\n".join(QUOTE),
        "yahoo-text": f"{text}\n\n    On Monday, June 3, 2024 at 10:15:00 AM GMT+2, {ME} <{ADDRESS}> wrote:  \n \n " + "\n ".join(QUOTE),
        "android-unmarked": f"{text}\n\nSent from my Android phone with K-9 Mail.\n\nOn 3 June 2024 10:15:00 CEST, {ME} <{ADDRESS}> wrote:\n" + "\n".join(QUOTE),
        "bold-fields": f"{text}\n\n{outlook(L['en'][2], True)}\n\n" + "\n".join(QUOTE),
        "gmx-text": f"{text}\n\n\nGesendet: Montag, 03. Juni 2024 um 10:15 Uhr\nVon: \"{ME}\" <{ADDRESS}>\nAn: anna@customer.example\nBetreff: {SUBJECT}\n\n" + "\n".join(QUOTE),
        "three-lines": f"{text}\n\nOn Mon, Jun 3, 2024 at 10:15 AM\nShop Team of the very long name and house\n<{ADDRESS}> wrote:\n\n{quoted()}\n",
        "no-blank-above": f"{text}\nOn Mon, Jun 3, 2024 at 10:15 AM {ME} <{ADDRESS}> wrote:\n{quoted()}\n",
        "broken-quote": f"{text}\n\nOn Mon, Jun 3, 2024 at 10:15 AM {ME} <{ADDRESS}> wrote:\n> We have sent your order and it will arrive within the next three\nworking days\n> unless the weather is bad.\n",
        "legal": f"{text}\n\nThis e-mail is confidential and intended solely for the addressee. If you have received it in error please notify the sender and delete it. Any unauthorised disclosure is prohibited.\n\nOn Mon, Jun 3, 2024 at 10:15 AM {ME} <{ADDRESS}> wrote:\n{quoted()}\n",
        "forwarding-with-words": f"{text}\n\n---------- Forwarded message ---------\nFrom: {ME} <{ADDRESS}>\nDate: Mon, Jun 3, 2024 at 10:15 AM\nSubject: {SUBJECT}\nTo: <anna@customer.example>\n\n" + "\n".join(QUOTE),
    }
    for name, body in texts.items():
        write(f"text-{name}", plain(body, coding="quoted-printable" if len(name) % 2 else "8bit"), text, quoted="yes")


def cases():
    line = named(L["en"][1])
    write("case-interleaved", plain(f"Hello,\n\n{line}\n> Which size do you want?\n\nL, please.\n\n> And which colour?\nblue\n\n> Your Shop Team\n"), "Hello,\n\n> Which size do you want?\n\nL, please.\n\n> And which colour?\n\nblue", quoted="yes")
    write("case-interleaved-page", page(f'<div dir="ltr"><div class="gmail_quote"><div class="gmail_attr">{escaped(line)}<br></div><blockquote class="gmail_quote"><div>Which size?</div></blockquote><div>Size L</div><blockquote class="gmail_quote"><div>Which colour?</div></blockquote><div>Blue</div></div></div>'), "> Which size?\n\nSize L\n\n> Which colour?\n\nBlue", quoted="yes")
    write("case-only-quote", plain(f"{line}\n{quoted()}\n"), f"{line}\n" + "\n".join(QUOTE), quoted="no")
    write("case-forward-only", plain(f"---------- Forwarded message ---------\nFrom: {ME} <{ADDRESS}>\nDate: Mon, Jun 3, 2024 at 10:15 AM\nSubject: {SUBJECT}\n\nThe machine is broken.\n"), f"---------- Forwarded message ---------\nFrom: {ME} <{ADDRESS}>\nDate: Mon, Jun 3, 2024 at 10:15 AM\nSubject: {SUBJECT}\n\nThe machine is broken.", quoted="no")
    write("case-greater-sign", plain("If a > b then\n a is larger.\n\n-> look here\nOn Monday I wrote: nothing.\n"), "If a > b then\n a is larger.\n\n-> look here\nOn Monday I wrote: nothing.", quoted="no")
    write("case-form", plain("Name: Anna Novak\nE-Mail: anna@customer.example\nDate: 3.6.2024 10:15\nSubject: Parcel\n\nWhere is it?\n"), "Name: Anna Novak\nE-Mail: anna@customer.example\nDate: 3.6.2024 10:15\nSubject: Parcel\n\nWhere is it?", quoted="no")
    write("case-travel", plain("Please book this:\n\nFrom: Berlin\nTo: Paris\nDate: 3 June\n\nThank you\n"), "Please book this:\n\nFrom: Berlin\nTo: Paris\nDate: 3 June\n\nThank you", quoted="no")
    write("case-dashes", plain("Two things:\n\n---- First ----\nThe lamp\n---- Second ----\nThe chair\n"), "Two things:\n\n---- First ----\nThe lamp\n---- Second ----\nThe chair", quoted="no")
    write("case-iphone-broken", plain("My iPhone is broken.\nI wrote this and sent from my iPhone a picture to you, did you get it?\n"), "My iPhone is broken.\nI wrote this and sent from my iPhone a picture to you, did you get it?", quoted="no")
    write("case-indented-page", page('<div>Please print:</div><blockquote style="margin:0 0 0 40px;border:none;padding:0px"><div>Happy birthday</div></blockquote><div>Thanks</div>'), "Please print:\n\nHappy birthday\n\nThanks", quoted="no")
    write("case-table", page('<p>My order:</p><table><tr><th>Item</th><th>Number</th></tr><tr><td><p>Lamp</p></td><td><p>2</p></td></tr></table><ul><li>first<li>second</ul><ol><li>one</li><li>two</li></ol><p>See <a href="https://customer.example/list">my list</a> and <a href="https://customer.example/">https://customer.example</a></p>'), "My order:\n\nItem | Number\nLamp | 2\n\n- first\n- second\n\n1. one\n2. two\n\nSee my list (https://customer.example/list) and https://customer.example", quoted="no")
    write("case-hidden", page('<div style="display:none;max-height:0">Preview text nobody sees</div><!-- x --><style>p{}</style><p>Visible &amp; clear &euro;5 &#8211; ok</p><script>alert(1)</script>'), "Visible & clear €5 – ok", quoted="no")
    write("case-latin1-undeclared", head().encode() + b"Content-Type: text/plain\r\n\r\nGr\xfc\xdfe aus K\xf6ln, sch\xf6nen Tag\r\n", "Grüße aus Köln, schönen Tag", quoted="no")
    write("case-utf8-as-latin1", head().encode() + 'Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße aus Köln, schönen Tag\r\n'.encode(), "Grüße aus Köln, schönen Tag", quoted="no")
    for charset, text in [("windows-1250", "Dziękuję, paczka nie dotarła"), ("iso-2022-jp", "荷物がまだ届いていません。"), ("gb18030", "包裹还没有到。可以帮我查一下吗？"), ("koi8-r", "Посылка ещё не пришла"), ("windows-1256", "لم تصل الطرود بعد"), ("big5", "包裹還沒有到。"), ("euc-kr", "소포가 아직 도착하지 않았습니다."), ("shift_jis", "荷物がまだ届いていません。"), ("iso-8859-15", "Prix : 5 € déjà payé")]:
        write(f"charset-{charset}", plain(text, charset=charset, coding="base64"), text, quoted="no")
    write("case-flowed", head('Content-Type: text/plain; charset=utf-8; format=flowed\r\n\r\n') + "The parcel \r\nhas not arrived.\r\n\r\nOn 6/3/24 10:15, Shop Team wrote:\r\n> We have \r\n> sent it.\r\n-- \r\nAnna\r\n", "The parcel has not arrived.", quoted="yes")
    write("case-nul", head('Content-Type: text/plain\r\n\r\n') + "Hel\0lo\0 you\r\n", "Hello you", quoted="no")
    write("case-no-blank-line", head('Content-Type: text/plain; charset=utf-8\r\n') + "Hello there, no empty line above.\r\nSecond line.\r\n", "Hello there, no empty line above.\nSecond line.", quoted="no")
    write("case-wrong-boundary", head('Content-Type: multipart/mixed; boundary="aaa"\r\n\r\n') + "--bbb\r\nContent-Type: text/plain\r\n\r\nHello you\r\n--bbb--\r\n", "Hello you", quoted="no")
    write("case-picture", head('Content-Type: multipart/related; boundary="r"\r\n\r\n').encode() + b"--r\r\n" + coded("text/html", '<p>See:</p><img src="cid:p1@x"><p>Broken.</p>') + b"\r\n--r\r\nContent-Type: image/png; name=\"../photo.png\"\r\nContent-ID: <p1@x>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--r--\r\n", "See:\n\nBroken.", files="photo.png inline", quoted="no")
    write("case-files", head('Content-Type: multipart/mixed; boundary="r"\r\n\r\n').encode() + b"--r\r\n" + coded("text/plain", "Two files.") + b"\r\n--r\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment;\r\n filename*0*=utf-8''Rechnung%20M%C3%BC;\r\n filename*1*=ller.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--r\r\nContent-Type: text/plain; name=\"notes.txt\"\r\nContent-Disposition: attachment; filename=\"notes.txt\"\r\n\r\nnotes\r\n--r--\r\n", "Two files.", files="Rechnung Müller.pdf, notes.txt", quoted="no")
    write("case-signed", head('Content-Type: multipart/signed; micalg=pgp-sha256; protocol="application/pgp-signature"; boundary="r"\r\n\r\n').encode() + b"--r\r\n" + coded("text/plain", "Signed words.") + b"\r\n--r\r\nContent-Type: application/pgp-signature; name=\"signature.asc\"\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n--r--\r\n", "Signed words.", files="", quoted="no")
    write("case-encrypted", head('Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="r"\r\n\r\n') + "--r\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--r\r\nContent-Type: application/octet-stream; name=\"encrypted.asc\"\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n--r--\r\n", "", files="encrypted.asc", remark="encrypted")
    write("case-calendar", head('Content-Type: multipart/alternative; boundary="r"\r\n\r\n') + "--r\r\nContent-Type: text/plain\r\n\r\nCan we meet?\r\n--r\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Visit\r\nDTSTART:20240603T080000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n--r--\r\n", "Can we meet?", files="file-1.ics", remark="Invitation: Visit, 2024-06-03 08:00 (UTC)")
    write("case-calendar-answer", head('Content-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n') + "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nSUMMARY:Visit\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", "Answer to an invitation: Visit", nature="AutoReply")
    write("case-vacation", head("Auto-Submitted: auto-replied\r\nContent-Type: text/plain\r\n\r\n") + "I am away until Friday.\r\n", "I am away until Friday.", nature="AutoReply")
    write("case-vacation-outlook", head("X-Auto-Response-Suppress: All\r\nContent-Type: text/plain\r\n\r\n").replace("Re: Order", "Automatic reply: Order") + "I am away.\r\n", "I am away.", nature="AutoReply")
    write("case-list", head("List-Id: <users.lists.example>\r\nContent-Type: text/plain\r\n\r\n") + "News.\r\n", "News.", nature="List")
    report = "This is the mail system.\r\n\r\n<bob@gone.example>: host mx.gone.example said: 550 5.1.1 unknown"
    write("bounce-postfix", head('Return-Path: <>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="r"\r\n\r\n') + f"--r\r\nContent-Type: text/plain\r\n\r\n{report}\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; bob@gone.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 unknown\r\n\r\n--r\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <out7@house.example>\r\nSubject: x\r\n\r\nx\r\n--r--\r\n", report.replace("\r\n", "\n"), nature="Bounce", bounce="out7@house.example bob@gone.example permanent")
    write("bounce-exchange", head("Return-Path: <>\r\nContent-Type: text/plain\r\n\r\n").replace("Re: Order", "Undeliverable: Order").replace("anna@customer", "postmaster@customer") + "Delivery has failed to these recipients or groups:\r\n\r\nbob@gone.example\r\nThe mailbox is full.\r\n\r\nDiagnostic information for administrators:\r\n\r\nGenerating server: x.example\r\n\r\n#550 5.2.2 mailbox full\r\n\r\nOriginal message headers:\r\n\r\nMessage-ID: <out8@house.example>\r\n", "Delivery has failed", nature="Bounce", bounce="out8@house.example bob@gone.example permanent", begins="yes")
    write("complaint", head('Content-Type: multipart/report; report-type=feedback-report; boundary="r"\r\n\r\n') + "--r\r\nContent-Type: text/plain\r\n\r\nA complaint.\r\n--r\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\nOriginal-Rcpt-To: <bob@gone.example>\r\n\r\n--r\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <out9@house.example>\r\n\r\nx\r\n--r--\r\n", "A complaint.", nature="Complaint", bounce="out9@house.example bob@gone.example permanent")


def traps():
    """What looks like a quote, a signature or a footer, and is none."""
    line = named(L["en"][1])
    keep = {
        "separator": "First: the lamp is broken.\n\n--\n\nSecond: when does the chair come?",
        "i-wrote": "Hello,\n\nas I wrote on 3 July 2025 at 10:00:\n\nplease deliver to the back door.\n\nNobody did.",
        "i-wrote-to": "Hello,\n\nI have written to help@house.example and wrote:\n\nplease deliver to the back door.\n\nNobody did.",
        "sent-via": "Hello,\n\nthe lamp came back.\n\nSent via DHL on Monday, I was happy to see it work.",
        "in-error": "Hello,\n\nI got a bill in error. Please delete this bill from my account, because I never bought a lamp in your shop.",
        "from-berlin": "Hello,\n\nFrom: Berlin\nTo: Paris\nWeight: 3 kg\n\nHow much is it?",
        "arrow": "Settings -> Mail > Accounts\n\nThere it says: nothing.",
        "times": "Our hours:\n\nMonday: 10:00\nTuesday: 11:00\nWednesday: 12:00",
        "underscores": "Please fill in:\n\n____________________\n\nName and date, thank you.",
    }
    for name, text in keep.items():
        write("trap-" + name, plain(text), text, quoted="no")
    write("trap-one-line", plain(f"Thank you! {line}\n{quoted()}\n"), "Thank you!", quoted="yes")
    write("trap-no-size", page('<table><tr><td style="font-size:0px"><p style="font-size:16px">The lamp is broken.</p></td></tr></table><span style="font-size:0">hidden</span>'), "The lamp is broken.", quoted="no")
    write("trap-quote-request", page('<p>New request:</p><div class="quote-request"><p>Please send a price for ten lamps.</p></div>'), "New request:\n\nPlease send a price for ten lamps.", quoted="no")
    write("trap-environment", plain("The lamp is broken.\n\nPlease consider the environment before printing this e-mail.\n"), "The lamp is broken.", quoted="no")
    write("trap-picture-only", head('Content-Type: multipart/mixed; boundary="r"\r\n\r\n').encode() + b"--r\r\n" + coded("text/plain", "\n\nSent from my iPhone") + b'\r\n--r\r\nContent-Type: image/jpeg; name="IMG_1.jpg"\r\nContent-Disposition: inline; filename="IMG_1.jpg"\r\nContent-Transfer-Encoding: base64\r\n\r\n/9j/4AAQ\r\n--r--\r\n', "Sent from my iPhone", files="IMG_1.jpg", quoted="no")


def variations():
    """Written after the reader was built, without looking at it: further programs, words and ways to break lines."""
    Q=["Dear Ms Novak,","","thank you for your message. The refund will take five days.","","Kind regards","Support Desk"]
    T="Hi team,\n\nthe refund of 40 EUR is still missing.\nPlease have a look.\n\nBest,\nMaria"
    def q(p="> "): return "\n".join((p+l).rstrip() for l in Q)
    U="\n".join(Q)
    def H(t=T,tag="div"): return "".join(f"<{tag}>{l or '<br>'}</{tag}>" for l in t.split("\n"))
    B="<br>".join(Q)
    def t(name, body, text=T, quoted="yes", **k): write("more-" + name, plain(body, **k), text, quoted=quoted)
    def h(name, body, text=T, quoted="yes"): write("more-" + name, page(body, coding="base64"), text, quoted=quoted)
    t("zulu-outlook", f"{T}\n\n\n________________________________\nFrom: Support Desk [mailto:desk@house.example]\nSent: 12 August 2025 08:03\nTo: 'Maria Lopez'\nCc: Bob; Carol\nSubject: RE: Refund\n\n{U}")
    t("de-tbird", f"{T}\n\nAm 12.08.25 um 08:03 schrieb Support Desk:\n{q()}\n")
    t("de-web", f"{T}\n\n-- \nDiese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.\nAm 12.08.25, 08:03 schrieb \"Support Desk\" <desk@house.example>:\n\n{q()}")
    t("fr-orange", f"{T}\n\n> Message du 12/08/25 08:03\n> De : \"Support Desk\" <desk@house.example>\n> A : \"Maria\" <maria@customer.example>\n> Copie à : \n> Objet : Refund\n>\n{q()}\n")
    t("fr-laposte", f"{T}\n\nDe : \"Support Desk\"\nA : maria@customer.example\nEnvoyé: mardi 12 août 2025 08:03\nObjet : Refund\n\n{U}")
    t("es-old-gmail", f"{T}\n\n2025-08-12 8:03 GMT+02:00 Support Desk <desk@house.example>:\n\n{q()}")
    t("pt-hotmail", f"{T}\n\nObter o Outlook para Android<https://aka.ms/AAb9ysg>\n________________________________\nDe: Support Desk <desk@house.example>\nEnviado: terça-feira, agosto 12, 2025 8:03:11 AM\nPara: Maria <maria@customer.example>\nAssunto: Refund\n\n{U}")
    t("ru-mailru", f"{T}\n\n-- \nОтправлено из Mail.ru для Android\nвторник, 12 августа 2025г., 08:03 +03:00 от Support Desk desk@house.example:\n\n{q()}")
    t("ru-mailru-plain", f"{T}\n\n>Вторник, 12 августа 2025, 8:03 +03:00 от Support Desk <desk@house.example>:\n>\n{q('>')}")
    t("cn-163", f"{T}\n\n\n\n\n\n\n\n\nAt 2025-08-12 08:03:11, \"Support Desk\" <desk@house.example> wrote:\n{q('>')}")
    t("cn-163-zh", f"{T}\n\n在 2025-08-12 08:03:11，\"Support Desk\" <desk@house.example> 写道：\n{q()}")
    t("jp-outlook", f"{T}\n\n-----Original Message-----\nFrom: Support Desk <desk@house.example> \nSent: Tuesday, August 12, 2025 5:03 PM\nTo: maria\nSubject: RE: Refund\n\n{U}")
    t("kr-naver", f"{T}\n\n-----Original Message-----\nFrom: \"Support Desk\"<desk@house.example>\nTo: \"Maria\"<maria@customer.example>;\nCc:\nSent: 2025-08-12 (화) 08:03:11 (GMT+09:00)\nSubject: Refund\n\n{U}")
    t("no-apple", f"{T}\n\n12. aug. 2025 kl. 08:03 skrev Support Desk <desk@house.example>:\n\n{q()}")
    t("no-iphone", f"{T}\n\nSendt fra min iPad\n\n> 12. aug. 2025 kl. 08:03 skrev Support Desk <desk@house.example>:\n> \n> \ufeff{U.split(chr(10))[0]}\n{q()}")
    t("hr-gmail", f"{T}\n\nuto, 12. kol 2025. u 08:03 Support Desk <desk@house.example>\nnapisao je:\n\n{q()}")
    t("sl-gmail", f"{T}\n\nV V tor., 12. avg. 2025 ob 08:03 je oseba Support Desk\n<desk@house.example> napisala:\n\n{q()}")
    t("bg-gmail", f"{T}\n\nНа вт, 12.08.2025 г. в 8:03 Support Desk <desk@house.example> написа:\n\n{q()}")
    t("lt-gmail", f"{T}\n\n2025-08-12, an, 08:03 Support Desk <desk@house.example> rašė:\n\n{q()}")
    t("th-gmail", f"{T}\n\nในวันที่ อ. 12 ส.ค. 2025 เวลา 08:03 Support Desk <desk@house.example>\nเขียนว่า:\n\n{q()}")
    t("hi-gmail", f"{T}\n\nमंगल, 12 अग॰ 2025 को 8:03 am बजे को Support Desk <desk@house.example> ने लिखा:\n\n{q()}")
    t("fa-gmail", f"{T}\n\nدر تاریخ سه‌شنبه ۱۲ اوت ۲۰۲۵،‏ ۸:۰۳ Support Desk <desk@house.example> نوشت:\n\n{q()}")
    t("sig-hash", f"{T}\n\n--\nMaria Lopez | Lopez Trading\nTel. +34 600 000 000\n\n{'_'*20}\nFrom: Support Desk <desk@house.example>\nSent: 12 August 2025 08:03\nTo: Maria\nSubject: Refund\n\n{U}")
    t("footer-de", f"{T}\n\nDiese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind oder diese E-Mail irrtümlich erhalten haben, informieren Sie bitte sofort den Absender und vernichten Sie diese Mail.\n\nAm 12.08.2025 um 08:03 schrieb Support Desk <desk@house.example>:\n{q()}")
    t("footer-only", f"{T}\n\nCONFIDENTIALITY NOTICE: The contents of this email message and any attachments are intended solely for the addressee(s) and may contain confidential and/or privileged information. If you are not the intended recipient, please delete it.", quoted="no")
    t("inter", f"On 2025-08-12 08:03, Support Desk wrote:\n> Was it card or cash?\n\nCard.\n\n> Which day?\n\nThe 3rd of July.\n\n-- \nMaria", "> Was it card or cash?\n\nCard.\n\n> Which day?\n\nThe 3rd of July.")
    t("bottom-two", f"Support Desk wrote on 12/08/2025 08:03:\n>> first question\n> {Q[2]}\n\n{T}")
    t("fwd-apple", f"Begin forwarded message:\n\nFrom: Bob <bob@customer.example>\nSubject: Broken lamp\nDate: 12 August 2025 at 08:03:00 CEST\nTo: maria@customer.example\n\nThe lamp is broken.\n", "Begin forwarded message:\n\nFrom: Bob <bob@customer.example>\nSubject: Broken lamp\nDate: 12 August 2025 at 08:03:00 CEST\nTo: maria@customer.example\n\nThe lamp is broken.", quoted="no")
    t("keep-colon", "I ordered on 3 July 2025 at 10:00 and wrote:\n\nplease deliver to the back door.\nNobody did.\n", "I ordered on 3 July 2025 at 10:00 and wrote:\n\nplease deliver to the back door.\nNobody did.", quoted="no")
    t("keep-list", "Our list:\n\nSubject: maths\nDate: Friday\nRoom: 12\n\nSee you -- Maria\n", "Our list:\n\nSubject: maths\nDate: Friday\nRoom: 12\n\nSee you -- Maria", quoted="no")
    h("hey", f'<div class="trix-content">{H()}</div><br><div>On August 12, 2025, Support Desk &lt;desk@house.example&gt; wrote:</div><blockquote style="margin-left:0;border-left:1px solid #ccc">{B}</blockquote>')
    h("mailru", f'<HTML><BODY>{H(tag="p")}<br><blockquote style="border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;">Вторник, 12 августа 2025, 8:03 +03:00 от Support Desk &lt;desk@house.example&gt;:<br> <div id=""><div class="js-helper js-readmsg-msg">{B}</div></div></blockquote></BODY></HTML>'.replace("<p><br></p>","").replace("</p><p>","</p><p>"), T.replace("\n\n","\n").replace("\n","\n\n"))
    h("front", f'<div>{H()}</div><div class="front-signature">Maria Lopez<br>Lopez Trading</div><blockquote type="cite" class="front-blockquote"><p>On August 12, 2025 at 8:03 AM, desk@house.example wrote:</p>{B}</blockquote>')
    h("notes", f'<font size=2 face="sans-serif">Hi team,</font><br><br><font size=2>the refund of 40 EUR is still missing.</font><br><font>Please have a look.</font><br><br>Best,<br>Maria<br><br><br><table width=100%><tr><td><font color=#5f5f5f>From:</font><td>Support Desk &lt;desk@house.example&gt;<tr><td>To:<td>maria@customer.example<tr><td>Date:<td>12.08.2025 08:03<tr><td>Subject:<td>Refund</table><hr noshade><br>{B}')
    h("onmac-hr", f'<html><body><p style="margin:0cm">Hi team,</p><p style="margin:0cm">&nbsp;</p><p style="margin:0cm">the refund of 40 EUR is still missing.</p><p style="margin:0cm">Please have a look.</p><p style="margin:0cm">&nbsp;</p><p style="margin:0cm">Best,</p><p style="margin:0cm">Maria</p><hr tabindex="-1"><div id="x_divRplyFwdMsg"><b>Von:</b> Support Desk &lt;desk@house.example&gt;<br><b>Gesendet:</b> Dienstag, 12. August 2025 08:03:11<br><b>An:</b> Maria<br><b>Betreff:</b> Refund</div><p>{B}</p></body></html>')
    h("gmail-fwd-words", f'<div dir="ltr">{H()}<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>From: <strong>Bob</strong> <span>&lt;bob@customer.example&gt;</span><br>Date: Tue, Aug 12, 2025 at 8:03 AM<br>Subject: Lamp<br>To: &lt;maria@customer.example&gt;<br></div><br><br>The lamp is broken.</div></div>')
    h("gmail-fwd-only", '<div dir="ltr"><br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>From: <strong>Bob</strong> <span>&lt;bob@customer.example&gt;</span><br>Date: Tue, Aug 12, 2025 at 8:03 AM<br>Subject: Lamp<br>To: &lt;maria@customer.example&gt;<br></div><br><br><div>The lamp is broken.</div></div></div>', "---------- Forwarded message ---------\nFrom: Bob <bob@customer.example>\nDate: Tue, Aug 12, 2025 at 8:03 AM\nSubject: Lamp\nTo: <maria@customer.example>\n\nThe lamp is broken.", quoted="no")
    h("bottom-tbird", f'<div class="moz-cite-prefix">On 8/12/25 08:03, Support Desk wrote:<br></div><blockquote type="cite" cite="mid:x">{B}</blockquote>{H()}<div class="moz-signature">-- <br>Maria</div>')
    h("yahoo-ios", f'{H()}<br><br><a href="https://mail.onelink.me/107872968?pid=x">Sent from Yahoo Mail for iPhone</a><br><br><p class="yahoo-quoted-begin" style="font-size: 15px;">On Tuesday, August 12, 2025, 8:03 AM, Support Desk &lt;desk@house.example&gt; wrote:</p><blockquote class="iosymail"><div>{B}</div></blockquote>')
    h("unknown-words", f'{H()}<div><br></div><div>Ko 12.08.2025 08:03, Support Desk &lt;desk@house.example&gt; zzzzz:</div><blockquote style="border-left: 2px solid blue">{B}</blockquote>')

    def bo(name, p, hh, text=T, quoted="yes"): write("more-both-" + name, both(p,hh,coding="quoted-printable"), text, quoted=quoted)
    OW=f'<div id="appendonsend"></div><hr><div id="divRplyFwdMsg" dir="ltr"><b>From:</b> Support Desk &lt;desk@house.example&gt;<br><b>Sent:</b> Tuesday, August 12, 2025 8:03 AM<br><b>To:</b> Maria<br><b>Subject:</b> Refund</div><div>{B}</div>'
    bo("owa", f"{T}\n________________________________\nFrom: Support Desk <desk@house.example>\nSent: Tuesday, August 12, 2025 8:03 AM\nTo: Maria <maria@customer.example>\nSubject: Refund\n\n{U}\n", f'<html><head><style> P {{margin-top:0;margin-bottom:0;}} </style></head><body>{H()}{OW}</body></html>')
    bo("gmail-logo", f"{T}\n\n-- \n*Maria Lopez*\n[image: logo.png]\n\nOn Tue, Aug 12, 2025 at 8:03 AM Support Desk <desk@house.example>\nwrote:\n\n{q()}\n", f'<div dir="ltr">{H()}<br clear="all"><div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature"><b>Maria Lopez</b><br><img src="cid:l"></div></div><br><div class="gmail_quote"><div class="gmail_attr">On Tue, Aug 12, 2025 at 8:03 AM Support Desk &lt;desk@house.example&gt; wrote:<br></div><blockquote class="gmail_quote">{B}</blockquote></div>')
    h("de-desktop", f'<div class=WordSection1>'+"".join(f"<p class=MsoNormal>{l or '<o:p>&nbsp;</o:p>'}</p>" for l in T.split("\n"))+f'<p class=MsoNormal><o:p>&nbsp;</o:p></p><div style=\'border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm\'><p class=MsoNormal><b>Von:</b> Support Desk &lt;desk@house.example&gt; <br><b>Gesendet:</b> Dienstag, 12. August 2025 08:03<br><b>An:</b> Maria<br><b>Betreff:</b> AW: Refund</p></div><p class=MsoNormal>{B}</p></div>')
    h("he-outlook", f'<div dir="rtl">{H()}</div><div dir="rtl"><hr><div id="divRplyFwdMsg" dir="rtl"><b>מאת:</b> Support Desk &lt;desk@house.example&gt;<br><b>נשלח:</b> יום שלישי 12 אוגוסט 2025 08:03<br><b>אל:</b> Maria<br><b>נושא:</b> Refund</div>{B}</div>')
    t("de-android", f"{T}\n\nSupport Desk <desk@house.example> schrieb am Di., 12. Aug. 2025, 08:03:\n\n{q()}")
    t("nl-android", f"{T}\n\nOp di 12 aug. 2025 08:03 schreef Support Desk <desk@house.example>:\n\n{q()}")
    t("fr-yahoo", f"{T}\n\nEnvoyé depuis Yahoo Mail pour Android \n \n  Le mar., 12 août 2025 à 08:03, Support Desk<desk@house.example> a écrit :   {U}", T+"" , quoted="yes")
    t("es-tbird", f"{T}\n\nEl 12/8/25 a las 8:03, Support Desk escribió:\n{q()}")
    t("pl-tbird", f"{T}\n\nW dniu 12.08.2025 o 08:03, Support Desk pisze:\n{q()}")
    t("sv-outlook", f"{T}\n\nFrån: Support Desk <desk@house.example> \nSkickat: den 12 augusti 2025 08:03\nTill: maria@customer.example\nÄmne: Refund\n\n{U}")
    t("fi-outlook", f"{T}\n\nLähettäjä: Support Desk <desk@house.example>\nLähetetty: tiistai 12. elokuuta 2025 8.03\nVastaanottaja: Maria\nAihe: Refund\n\n{U}")
    t("win-mail", f"{T}\n\nSent from Mail for Windows\n\nFrom: Support Desk\nSent: Tuesday, August 12, 2025 8:03 AM\nTo: maria@customer.example\nSubject: Refund\n\n{U}")
    h("win-mail-de", f'<div class="WordSection1">'+"".join(f"<p class=MsoNormal>{l or '&nbsp;'}</p>" for l in T.split("\n"))+f'<p class="MsoNormal"><o:p>&nbsp;</o:p></p><p class="MsoNormal">Gesendet von <a href="https://go.microsoft.com/fwlink/?LinkId=550986">Mail</a> für Windows</p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><div style="mso-element:para-border-div;border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal" style="border:none;padding:0cm"><b>Von: </b><a href="mailto:desk@house.example">Support Desk</a><br><b>Gesendet: </b>Dienstag, 12. August 2025 08:03<br><b>An: </b>Maria<br><b>Betreff: </b>Refund</p></div><p>{B}</p></div>')
    t("de-original", f"{T}\n\n-----Ursprüngliche Nachricht-----\nVon: Support Desk <desk@house.example> \nGesendet: Dienstag, 12. August 2025 08:03\nAn: Maria\nBetreff: Refund\n\n{U}")
    t("aol", f"{T}\n\n\n-----Original Message-----\nFrom: Support Desk <desk@house.example>\nTo: maria@customer.example\nSent: Tue, Aug 12, 2025 8:03 am\nSubject: Refund\n\n\n{U}")
    h("zimbra", f'<html><body><div style="font-family: arial">{H()}<div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><blockquote style="border-left:2px solid #1010FF;margin-left:5px"><b>From: </b>"Support Desk" &lt;desk@house.example&gt;<br><b>To: </b>"Maria"<br><b>Sent: </b>Tuesday, August 12, 2025 8:03:11 AM<br><b>Subject: </b>Refund<br></blockquote></div><div data-marker="__QUOTED_TEXT__"><blockquote style="border-left:2px solid #1010FF">{B}</blockquote></div></div></body></html>')
    t("notes-de", f"{T}\n\n\"Support Desk\" <desk@house.example> schrieb am 12.08.2025 08:03:11:\n\n> Von: Support Desk\n> An: Maria\n{q()}")
    t("groupwise", f"{T}\n\n>>> Support Desk <desk@house.example> 12.08.2025 08:03 >>>\n{U}")
    t("above-line", f"{T}\n\n##- Please type your reply above this line -##\n\nHello Maria,\n\nyour request was updated.\n")
    h("mail-com", f'<div>{H()}<div><br><div style="margin: 10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left: 2px solid rgb(195,217,229);" name="quote"><div style="margin:0 0 10px 0;"><b>Sent:</b> Tuesday, August 12, 2025 at 8:03 AM<br><b>From:</b> "Support Desk" &lt;desk@house.example&gt;<br><b>To:</b> maria@customer.example<br><b>Subject:</b> Refund</div><div>{B}</div></div></div></div>')
    t("am-pm", f"{T}\n\nOn 2025-08-12 8:03 am, Support Desk wrote:\n\n{q()}")
    t("wrapped-wrote", f"{T}\n\nOn Tue, Aug 12, 2025 at 8:03 AM Support Desk <desk@house.example>\nwrote:\n\n{q()}")
    t("it-original", f"{T}\n\n-----Messaggio originale-----\nDa: Support Desk <desk@house.example> \nInviato: martedì 12 agosto 2025 08:03\nA: Maria\nOggetto: Refund\n\n{U}")
    t("pt-apple", f"{T}\n\nEnviado do meu iPhone\n\n> Em 12/08/2025, à(s) 08:03, Support Desk <desk@house.example> escreveu:\n> \n{q()}")
    t("nested", f"{T}\n\nOn 12 Aug 2025, at 08:03, Support Desk <desk@house.example> wrote:\n\n> answer text here\n> \n>> On 11 Aug 2025, at 08:03, Maria wrote:\n>> \n>> earlier text\n")
    h("multi-level", f'<div>{H()}</div><div style="border-top:solid #E1E1E1 1.0pt"><p><b>From:</b> Support Desk &lt;desk@house.example&gt;<br><b>Sent:</b> Tuesday, August 12, 2025 8:03 AM<br><b>To:</b> Maria<br><b>Subject:</b> RE: Refund</p></div>{B}<div style="border-top:solid #E1E1E1 1.0pt"><p><b>From:</b> Maria<br><b>Sent:</b> Monday<br><b>To:</b> x</p></div>old')
    h("samsung-de", f'<div dir="auto">{H()}</div><div dir="auto"><br></div><div dir="auto">Von meinem/meiner Galaxy gesendet</div><div dir="auto"><br></div><div align="left" dir="auto"><div>-------- Ursprüngliche Nachricht --------</div><div>Von: Support Desk &lt;desk@house.example&gt; </div><div>Datum: 12.08.25  08:03  (GMT+01:00) </div><div>An: maria@customer.example </div><div>Betreff: Refund </div><div><br></div></div>{B}')
    h("apple-de", f'<html><body>{H()}<br><div dir="ltr">Von meinem iPhone gesendet</div><div dir="ltr"><br><blockquote type="cite">Am 12.08.2025 um 08:03 schrieb Support Desk &lt;desk@house.example&gt;:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">﻿{B}</div></blockquote></body></html>')
    h("apple-inline", f'<html><body><div>Hi,</div><div><br><blockquote type="cite"><div>On 12 Aug 2025, at 08:03, Support Desk &lt;desk@house.example&gt; wrote:</div><br><div>Card or cash?</div></blockquote><div><br></div>Card.</div><div><br><blockquote type="cite"><div>Which day?</div></blockquote><br></div><div>Friday.</div></body></html>', "Hi,\n\n> Card or cash?\n\nCard.\n\n> Which day?\n\nFriday.")
    t("two-signs", f"{T}\n\n--\nMaria Lopez\nLopez Trading S.L.\nCalle Mayor 1, 28001 Madrid\nwww.lopez.example\n\nAviso legal: este mensaje es confidencial y va dirigido únicamente a su destinatario. Si lo ha recibido por error, elimínelo.\n\nEl mar, 12 ago 2025 a las 8:03, Support Desk (<desk@house.example>) escribió:\n\n{q()}")


def main():
    os.makedirs(FOLDER, exist_ok=True)
    languages()
    programs()
    cases()
    traps()
    variations()
    print(count, "mails")


main()
