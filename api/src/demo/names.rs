//! Names of people who do not exist, in characters and in pinyin.

use rand::RngExt as _;
use rand_xoshiro::Xoshiro256PlusPlus;

const SURNAMES: &[(&str, &str)] = &[
    ("王", "Wang"),
    ("李", "Li"),
    ("张", "Zhang"),
    ("刘", "Liu"),
    ("陈", "Chen"),
    ("杨", "Yang"),
    ("黄", "Huang"),
    ("赵", "Zhao"),
    ("周", "Zhou"),
    ("吴", "Wu"),
    ("徐", "Xu"),
    ("孙", "Sun"),
    ("马", "Ma"),
    ("朱", "Zhu"),
    ("胡", "Hu"),
    ("郭", "Guo"),
    ("何", "He"),
    ("林", "Lin"),
    ("高", "Gao"),
    ("罗", "Luo"),
    ("郑", "Zheng"),
    ("梁", "Liang"),
    ("谢", "Xie"),
    ("宋", "Song"),
    ("唐", "Tang"),
    ("许", "Xu"),
    ("邓", "Deng"),
    ("冯", "Feng"),
    ("韩", "Han"),
    ("曹", "Cao"),
];

const SYLLABLES: &[(&str, &str)] = &[
    ("伟", "wei"),
    ("芳", "fang"),
    ("娜", "na"),
    ("敏", "min"),
    ("静", "jing"),
    ("丽", "li"),
    ("强", "qiang"),
    ("磊", "lei"),
    ("洋", "yang"),
    ("艳", "yan"),
    ("勇", "yong"),
    ("杰", "jie"),
    ("娟", "juan"),
    ("涛", "tao"),
    ("明", "ming"),
    ("超", "chao"),
    ("霞", "xia"),
    ("平", "ping"),
    ("刚", "gang"),
    ("桂", "gui"),
    ("文", "wen"),
    ("云", "yun"),
    ("兰", "lan"),
    ("飞", "fei"),
    ("玲", "ling"),
    ("建", "jian"),
    ("华", "hua"),
    ("雪", "xue"),
    ("晨", "chen"),
    ("雨", "yu"),
    ("佳", "jia"),
    ("欣", "xin"),
    ("思", "si"),
    ("梦", "meng"),
    ("琪", "qi"),
    ("浩", "hao"),
];

/// A full name as colleagues see it, such as `王丽娜 Wang Lina`.
pub(super) fn full_name(random: &mut Xoshiro256PlusPlus) -> String {
    let (surname, surname_pinyin) = SURNAMES[random.random_range(0..SURNAMES.len())];
    let syllables = if random.random_bool(0.7) { 2 } else { 1 };
    let (mut given, mut pinyin) = (String::new(), String::new());
    for _ in 0..syllables {
        let (character, sound) = SYLLABLES[random.random_range(0..SYLLABLES.len())];
        given += character;
        pinyin += sound;
    }
    let (head, tail) = pinyin.split_at(1);
    format!("{surname}{given} {surname_pinyin} {}{tail}", head.to_uppercase())
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn the_same_seed_names_the_same_people() {
        let names = |seed| {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            (0..50).map(|_| full_name(&mut random)).collect::<Vec<_>>()
        };
        assert_eq!(names(1), names(1));
        assert_ne!(names(1), names(2));
    }
}
