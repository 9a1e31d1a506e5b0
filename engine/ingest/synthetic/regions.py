"""The 17 first-level divisions of Korea with a rounded share of the population (2020 census, per thousand)."""

from dataclasses import dataclass

REGION_CONCEPT_BASE = 2_060_000_000


@dataclass(frozen=True, slots=True)
class Region:
    """A province or metropolitan city; `code` is the Statistics Korea division code, `districts` are samples."""

    code: str
    name: str
    korean: str
    weight: int
    districts: tuple[str, ...]

    @property
    def concept_id(self) -> int:
        """Local concept of the region."""
        return REGION_CONCEPT_BASE + int(self.code)


REGIONS = (
    Region("11", "Seoul", "서울특별시", 185, ("Gangnam-gu", "Jongno-gu", "Mapo-gu", "Songpa-gu", "Nowon-gu")),
    Region("21", "Busan", "부산광역시", 65, ("Haeundae-gu", "Busanjin-gu", "Saha-gu")),
    Region("22", "Daegu", "대구광역시", 47, ("Suseong-gu", "Dalseo-gu")),
    Region("23", "Incheon", "인천광역시", 57, ("Bupyeong-gu", "Namdong-gu", "Yeonsu-gu")),
    Region("24", "Gwangju", "광주광역시", 28, ("Buk-gu", "Gwangsan-gu")),
    Region("25", "Daejeon", "대전광역시", 29, ("Yuseong-gu", "Seo-gu")),
    Region("26", "Ulsan", "울산광역시", 22, ("Nam-gu", "Ulju-gun")),
    Region("29", "Sejong", "세종특별자치시", 7, ("Sejong-si",)),
    Region("31", "Gyeonggi", "경기도", 261, ("Suwon-si", "Seongnam-si", "Goyang-si", "Yongin-si", "Bucheon-si")),
    Region("32", "Gangwon", "강원특별자치도", 29, ("Chuncheon-si", "Wonju-si", "Gangneung-si")),
    Region("33", "Chungbuk", "충청북도", 31, ("Cheongju-si", "Chungju-si")),
    Region("34", "Chungnam", "충청남도", 42, ("Cheonan-si", "Asan-si", "Gongju-si")),
    Region("35", "Jeonbuk", "전북특별자치도", 35, ("Jeonju-si", "Iksan-si", "Gunsan-si")),
    Region("36", "Jeonnam", "전라남도", 34, ("Yeosu-si", "Suncheon-si", "Mokpo-si")),
    Region("37", "Gyeongbuk", "경상북도", 51, ("Pohang-si", "Gumi-si", "Gyeongju-si")),
    Region("38", "Gyeongnam", "경상남도", 64, ("Changwon-si", "Gimhae-si", "Jinju-si")),
    Region("39", "Jeju", "제주특별자치도", 13, ("Jeju-si", "Seogwipo-si")),
)
