"""Month names as feeds of other languages write them, by what English calls the month (CLDR 45)."""

from __future__ import annotations

_NAMES = {
    "Jan": """
        januar janvier janv enero ene gennaio gen janeiro januari tammikuuta tammi stycznia
        sty ledna led ianuarie ian január ocak oca ιανουαρίου ιαν января янв січня січ
        януари яну јануар јан siječnja sij يناير ژانویه
    """,
    "Feb": """
        februar février févr febrero febbraio fevereiro fev februari helmikuuta helmi lutego
        lut února úno februarie február febr şubat şub φεβρουαρίου φεβ февраля февр лютого
        лют февруари фев фебруар феб veljače velj فبراير فوریه
    """,
    "Mar": """
        märz mars marzo março maart mrt marts maaliskuuta maalis marca března bře martie
        március márc mart μαρτίου μαρ марта мар березня бер март ožujka ožu maret مارس
    """,
    "Apr": """
        avril avr abril abr aprile huhtikuuta huhti kwietnia kwi dubna dub aprilie április
        ápr nisan nis απριλίου απρ апреля апр квітня квіт април travnja tra أبريل آوریل
    """,
    "May": """
        mai mayo maggio mag maio mei maj toukokuuta touko maja května kvě május máj mayıs
        мая травня трав май мај svibnja svi مايو مه मई
    """,
    "Jun": """
        juni juin junio giugno giu junho kesäkuuta kesä czerwca cze června čvn iunie iun
        június jún haziran haz ιουνίου ιουν июня июн червня черв юни јун lipnja يونيو ژوئن
    """,
    "Jul": """
        juli juillet juil julio luglio lug julho heinäkuuta heinä lipca lip července čvc
        iulie iul július júl temmuz tem ιουλίου ιουλ июля июл липня лип юли јул srpnja يوليو
        ژوئیه
    """,
    "Aug": """
        août agosto ago augustus augusti elokuuta elo sierpnia sie srpna srp augusztus
        ağustos ağu αυγούστου αυγ августа авг серпня серп август kolovoza kol agustus agu
        أغسطس اوت
    """,
    "Sep": """
        sept septembre septiembre settembre set setembro syyskuuta syys września wrz září
        zář septembrie szeptember szept eylül eyl σεπτεμβρίου σεπ сентября сент вересня вер
        септември сеп септембар rujna ruj سبتمبر سپتامبر
    """,
    "Oct": """
        oktober okt octobre octubre ottobre ott outubro out lokakuuta loka października paź
        října říj octombrie október ekim eki οκτωβρίου οκτ октября окт жовтня жовт октомври
        октобар أكتوبر اکتبر
    """,
    "Nov": """
        novembre noviembre novembro marraskuuta marras listopada lis listopadu noiembrie
        kasım kas νοεμβρίου νοε ноября нояб листопада лист ноември ное новембар нов
        studenoga stu نوفمبر نوامبر
    """,
    "Dec": """
        dezember dez décembre déc diciembre dic dicembre dezembro desember des joulukuuta
        joulu grudnia gru prosince pro decembrie aralık ara δεκεμβρίου δεκ декабря дек
        грудня груд декември децембар дец prosinca ديسمبر دسامبر
    """,
}
ENGLISH_MONTHS = {name: month for month, names in _NAMES.items() for name in names.split()}
